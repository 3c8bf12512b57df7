import { testLab } from './test-lab.ts'

testLab('nftables-mode')

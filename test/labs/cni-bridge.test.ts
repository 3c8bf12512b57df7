import { testLab } from './test-lab.ts'

testLab('cni-bridge')

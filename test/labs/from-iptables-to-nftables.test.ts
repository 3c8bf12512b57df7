import { testLab } from './test-lab.ts'

testLab('from-iptables-to-nftables')

import { testLab } from './test-lab.ts'

testLab('iptables-tables-and-chains')

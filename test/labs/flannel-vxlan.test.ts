import { testLab } from './test-lab.ts'

testLab('flannel-vxlan')

import { testLab } from './test-lab.ts'

testLab('calico-ptp')

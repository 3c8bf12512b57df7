import { testLab } from './test-lab.ts'

testLab('port-forward')

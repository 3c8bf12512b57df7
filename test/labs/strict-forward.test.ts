import { testLab } from './test-lab.ts'

testLab('strict-forward')

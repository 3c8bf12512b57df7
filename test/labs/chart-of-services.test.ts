import { testLab } from './test-lab.ts'

testLab('chart-of-services')

import { testLab } from './test-lab.ts'

testLab('no-endpoints')

import { testLab } from './test-lab.ts'

testLab('pause')

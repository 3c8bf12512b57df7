import { testLab } from './test-lab.ts'

testLab('many-services')

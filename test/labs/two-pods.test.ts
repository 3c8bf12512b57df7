import { testLab } from './test-lab.ts'

testLab('two-pods')

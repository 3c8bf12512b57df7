import { testLab } from './test-lab.ts'

testLab('localhost-8080')

import { testLab } from './test-lab.ts'

testLab('nat-router')

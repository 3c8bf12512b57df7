import { testLab } from './test-lab.ts'

testLab('dual-stack')

import { testLab } from './test-lab.ts'

testLab('three-backends')

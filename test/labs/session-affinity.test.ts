import { testLab } from './test-lab.ts'

testLab('session-affinity')

import { testLab } from './test-lab.ts'

testLab('pod-to-service')

import { testLab } from './test-lab.ts'

testLab('pod-to-pod-same-node')

import { testLab } from './test-lab.ts'

testLab('pod-to-pod-across-nodes')

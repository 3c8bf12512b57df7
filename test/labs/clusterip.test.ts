import { testLab } from './test-lab.ts'

testLab('clusterip')

import { testLab } from './test-lab.ts'

testLab('service-across-nodes')

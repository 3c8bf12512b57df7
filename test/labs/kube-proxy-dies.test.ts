import { testLab } from './test-lab.ts'

testLab('kube-proxy-dies')

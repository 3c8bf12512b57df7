import { testLab } from './test-lab.ts'

testLab('kube-dns')

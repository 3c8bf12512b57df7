import { testLab } from './test-lab.ts'

testLab('overlay-or-flat')

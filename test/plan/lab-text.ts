import type { Lab } from '../../src/model/lab.ts'
import { compilePlan } from '../../src/plan/compile.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import type { Plan, ServiceTarget } from '../../src/plan/plan.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

/** A lab from its text; what is wrong with it fails the test. */
export function labOf(text: string): Lab {
  const { lab, problems } = parseLab(text, 'lab.yaml', path => ({ refusal: `there is no file ${path}` }))
  if (lab === undefined) throw new Error(problems.map(problem => problem.message).join('\n'))
  return lab
}

/** The plan of a lab's text. */
export function planOf(text: string): Plan {
  return compilePlan(labOf(text))
}

/** What `verify` samples of a lab's text after its last step. */
export function servicesOf(text: string): readonly ServiceTarget[] {
  return labAsBuilt(labOf(text)).services
}

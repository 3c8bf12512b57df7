import type { RuleWriter } from '../dataplane.ts'
import { compileServices } from './compile.ts'
import { scriptText, toJson } from './print.ts'
import type { RuleSet } from './rules.ts'

/** kube-proxy's IPVS mode, as text. */
export const ipvs: RuleWriter<RuleSet> = {
  compile: compileServices,
  text: scriptText,
  json: toJson,
}

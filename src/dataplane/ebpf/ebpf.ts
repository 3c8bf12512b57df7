import type { RuleWriter } from '../dataplane.ts'
import { compileServices } from './compile.ts'
import { batchText, toJson } from './print.ts'
import type { RuleSet } from './rules.ts'

/** A socket load balancer in the place of kube-proxy, as text. */
export const ebpf: RuleWriter<RuleSet> = {
  compile: compileServices,
  text: batchText,
  json: toJson,
}

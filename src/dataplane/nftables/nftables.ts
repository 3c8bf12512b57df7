import type { RuleWriter } from '../dataplane.ts'
import { compileServices } from './compile.ts'
import { scriptText, toJson } from './print.ts'
import type { RuleSet } from './rules.ts'

/** kube-proxy's nftables mode, as text. */
export const nftables: RuleWriter<RuleSet> = {
  compile: compileServices,
  text: scriptText,
  json: toJson,
}

import { type Command, onHost } from '../../command/command.ts'
import type { NodeView } from '../dataplane.ts'
import { compileServices } from './compile.ts'
import { scriptText } from './print.ts'

/** The command that sets a node up for IPVS mode where nothing is: one script, since it takes five tools. */
export function loadCommands(view: NodeView): Command[] {
  const input = scriptText(compileServices(view), { jumps: true, explain: false })
  return [{ ...onHost(['sh', '-e']), input }]
}

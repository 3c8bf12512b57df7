import { exitCode, NetlabError } from '../errors.ts'
import { runAtAnyway } from './enter.ts'
import { ownKernelLine } from './link-kinds.ts'
import type { Sandbox } from './sandbox.ts'

/** Lists the virtual servers: refused where there is no IPVS. */
export const ipvsQuestion: readonly string[] = ['ipvsadm', '-L', '-n']

/** Why it may be refused. */
export const ipvsMeans =
  'The kernel gives IPVS to the root of a machine, to no root of a user namespace, and not every kernel has it.'

/** What to type instead, for a lab. */
export function ipvsWays(lab: string): string[] {
  return [ownKernelLine(lab), `netlab rules ${lab} --mode ipvs   (only prints what kube-proxy would set up)`]
}

/** The reason for which ipvsadm was refused: the first line says it, the next ones guess. */
export function ipvsRefusal(output: string): string {
  return output.trim().split('\n')[0] ?? ''
}

/** Throws NetlabError where this sandbox has no IPVS; `lab`: how the lab is named on the command line. */
export async function mustHaveIpvs(sandbox: Sandbox, lab: string): Promise<void> {
  const why = 'the lab needs IPVS, so it is looked first whether there is any'
  const { exitCode: code, stdout, stderr } = await runAtAnyway(sandbox, ipvsQuestion, { why })
  if (code === 0) return
  throw new NetlabError({
    what: `there is no IPVS for labs here: ${ipvsRefusal(`${stderr}${stdout}`)}`,
    why: ipvsMeans,
    fix: ipvsWays(lab).join('\n'),
    exitCode: exitCode.machineLacks,
  })
}

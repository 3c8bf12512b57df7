import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { kernelNeedsOf } from '../plan/kernel-needs.ts'
import type { Plan } from '../plan/plan.ts'
import { programsOf } from '../plan/programs.ts'
import { labWord } from '../read/load-shipped.ts'
import { mustBalanceSockets } from '../sandbox/bpf/socket-lb-control.ts'
import { mustHaveIpvs } from '../sandbox/ipvs.ts'
import { mustHaveLinks } from '../sandbox/link-kinds.ts'
import { isThere, waysToInstall } from '../sandbox/programs.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { balancesSockets } from './socket-lb.ts'

/** Nothing is begun that would stop half-way for want of a program, or of a right of this user's. Throws NetlabError. */
export function mustHaveHere(lab: Lab, plan: Pick<Plan, 'steps'>): void {
  mustHavePrograms(plan)
  if (balancesSockets(lab)) mustBalanceSockets()
}

/** The same of what can be asked in a sandbox only; `file`: the path that the lab was read from. */
export async function mustHaveThere(
  sandbox: Sandbox,
  { lab, plan, file }: { lab: Lab; plan: Pick<Plan, 'steps'>; file: string },
): Promise<void> {
  const { ipvs, links } = kernelNeedsOf(lab, plan)
  if (ipvs) await mustHaveIpvs(sandbox, labWord(file))
  await mustHaveLinks(sandbox, labWord(file), links)
}

function mustHavePrograms(plan: Pick<Plan, 'steps'>): void {
  const programs = programsOf(plan)
  const missing = [...programs.keys()].filter(program => !isThere(program))
  if (missing.length === 0) return
  const [first = ''] = missing
  throw new NetlabError({
    what: `this machine lacks ${missing.join(', ')}`,
    why: `the lab runs ${first} in its step "${programs.get(first)}"`,
    fix: `${waysToInstall(missing) ?? 'install what is missing, or correct its name in the lab file'}\nnetlab doctor looks at all that labs need`,
    exitCode: exitCode.machineLacks,
  })
}

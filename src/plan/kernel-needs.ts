import { linkKindsOf } from '../command/link-kinds.ts'
import type { Lab } from '../model/lab.ts'
import { isEverInMode } from '../model/proxy-modes.ts'
import type { Plan } from './plan.ts'
import { actionsOf, checksOf } from './task-steps.ts'

/** What a lab needs of its kernel beyond what every lab does. */
export interface KernelNeeds {
  /** It has services in kube-proxy's IPVS mode. */
  ipvs: boolean
  /** Kinds of links, as `ip link add … type KIND` names them, each with the title of the first step that needs one. */
  links: ReadonlyMap<string, string>
}

/** Kinds of links without which no lab runs at all. */
const everywhere = ['bridge', 'veth']

/** What a lab needs of its kernel, by its mode of kube-proxy and by its commands, those of its checks as well. */
export function kernelNeedsOf(
  lab: Pick<Lab, 'services' | 'proxy' | 'firstMode' | 'steps'>,
  { steps }: Pick<Plan, 'steps'>,
): KernelNeeds {
  const links = new Map<string, string>()
  for (const step of steps) {
    const commands = [
      ...actionsOf(step).map(({ command }) => command.argv),
      ...checksOf(step).flatMap(check => (check.kind === 'command' ? [check.argv] : [])),
    ]
    for (const kind of commands.flatMap(argv => [...linkKindsOf(argv)]))
      if (!everywhere.includes(kind) && !links.has(kind)) links.set(kind, step.title)
  }
  return { ipvs: lab.services.length > 0 && isEverInMode(lab, 'ipvs'), links }
}

/** The needs in words: `IPVS`, `ipip`. */
export function kernelWords({ ipvs, links }: KernelNeeds): string[] {
  return [...(ipvs ? ['IPVS'] : []), ...links.keys()]
}

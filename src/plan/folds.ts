import type { Action } from '../command/command.ts'
import type { RuleStep } from '../dataplane/dataplane.ts'
import type { BuildPart } from '../model/lab.ts'

/** Services of a step whose commands are all shown. */
const mostShown = 3

const everyNode = 'what every node has, whatever its services'

/**
 * What a lesson shows as one line of the commands that bring a node's rules on, for each of them; undefined: it is shown by itself.
 */
export function foldsOf(steps: readonly RuleStep[]): (string | undefined)[] {
  const services = [...new Set(steps.flatMap(({ service }) => service ?? []))]
  const shown = new Set(services.length > mostShown ? services.slice(0, 1) : services)
  const rest = `the same for ${services.length - shown.size} more services`
  return steps.map(({ service, base }) => {
    if (service === undefined) return base ? everyNode : undefined
    return shown.has(service) ? undefined : rest
  })
}

/** The commands of all nodes, of which a lesson shows those of the first, and of the others what is different there. */
export function foldLikeNodes([first = [], ...others]: readonly (readonly Action[])[]): Action[] {
  const key = ({ command, explain }: Action) => [...command.argv, explain].join('\0')
  const shown = new Set(first.map(key))
  const folded = others
    .flat()
    .map(action =>
      action.fold === undefined && shown.has(key(action))
        ? { ...action, fold: 'the same on the other nodes' }
        : action,
    )
  return [...first, ...folded]
}

const partWords: Readonly<Record<Exclude<BuildPart, 'services'>, string>> = {
  forwarding: 'the settings',
  network: 'the network',
  overlay: 'the overlay',
  cni: "the plugins' calls",
  firewall: "the firewall's rules",
  servers: 'the servers',
}

/** What stands for the parts of the topology in a step that is about something else, since it does so much besides; undefined: it is about them. */
export function foldOfParts(
  parts: readonly Exclude<BuildPart, 'services'>[],
  changesRules: boolean,
): string | undefined {
  if (parts.length + (changesRules ? 1 : 0) < 3) return undefined
  const words = parts.map(part => partWords[part])
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

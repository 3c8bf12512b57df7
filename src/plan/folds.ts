import type { RuleStep } from '../dataplane/dataplane.ts'

/** Services of a step whose commands are all shown. */
const mostShown = 3

const everyNode = 'what every node has, whatever its services'

/**
 * What a lesson shows as one line of the commands that bring a node's rules on, for each of them; undefined: it is shown by itself.
 * `first`: there were no rules before, so what no service has for itself is what every node has.
 */
export function foldsOf(steps: readonly RuleStep[], first: boolean): (string | undefined)[] {
  const services = [...new Set(steps.flatMap(({ service }) => service ?? []))]
  const shown = new Set(services.length > mostShown ? services.slice(0, 1) : services)
  const rest = `the same for ${services.length - shown.size} more services`
  return steps.map(({ service }) => {
    if (service === undefined) return first ? everyNode : undefined
    return shown.has(service) ? undefined : rest
  })
}

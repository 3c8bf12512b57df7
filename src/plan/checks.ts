import { host } from '../command/command.ts'
import type { BuildPart, Check, Lab } from '../model/lab.ts'

/** Seconds that a part of the topology gets until it answers. */
const patience = 5

/** The checks that come with a part of the topology, whatever the lab's own steps ask. */
export function topologyChecks(part: BuildPart, lab: Lab): readonly Check[] {
  if (part === 'forwarding') return Object.entries(lab.sysctls).map(([key, value]) => sysctlCheck(key, value))
  if (part === 'servers') return serverChecks(lab)
  return []
}

function sysctlCheck(key: string, value: string): Check {
  return {
    kind: 'command',
    argv: ['sysctl', '-n', key],
    from: host,
    exit: 0,
    output: `^${value.replaceAll(/[^A-Za-z0-9]+/g, '\\s+')}$`,
    within: patience,
    once: false,
  }
}

/** The host asks each of netlab's own servers; on other programs' ports it cannot know what to expect. */
function serverChecks(lab: Lab): Check[] {
  return lab.pods.flatMap(pod =>
    pod.containers.flatMap(container =>
      container.serve.map(port => ({
        kind: 'curl' as const,
        url: `${pod.address.address}:${port}`,
        from: host,
        expect: [{ kind: 'answers' as const, backends: [pod.name] }],
        within: patience,
        once: false,
      })),
    ),
  )
}

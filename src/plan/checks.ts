import { host, type Place } from '../command/command.ts'
import { joinHostPort } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressesOf } from '../model/families.ts'
import type { BuildPart, Check, Container, Lab, LabMachine } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { passesNode } from '../model/pod-link.ts'

/** Seconds that a part of the topology gets until it answers. */
const patience = 5

/** The checks that come with a part of the topology, whatever the lab's own steps ask. */
export function topologyChecks(part: BuildPart, lab: Lab): readonly Check[] {
  if (part === 'forwarding') return sysctlChecks(host, lab.sysctls)
  if (part === 'network') return onNetworks(lab).flatMap(({ name, sysctls }) => sysctlChecks(name, sysctls))
  if (part === 'servers') return [...serverChecks(lab), ...onNetworks(lab).flatMap(machineChecks)]
  return []
}

function sysctlChecks(from: Place, sysctls: Lab['sysctls']): Check[] {
  return Object.entries(sysctls).map(([key, value]) => ({
    kind: 'command' as const,
    argv: ['sysctl', '-n', key],
    from,
    exit: 0,
    output: `^${value.replaceAll(/[^A-Za-z0-9]+/g, '\\s+')}$`,
    within: patience,
    once: false,
  }))
}

/** A node asks each of netlab's own servers in its pods; on other programs' ports it cannot know what to expect. */
function serverChecks(lab: Lab): Check[] {
  return lab.pods.flatMap(pod =>
    pod.containers.flatMap(container =>
      eachPort(container, addressesOf(pod)).map(({ address, port }) => ({
        kind: 'curl' as const,
        url: joinHostPort(address, port),
        // The node itself does not reach a macvlan of its own interface.
        from: passesNode(pod) ? pod.node : pod.name,
        expect: [{ kind: 'answers' as const, backends: [pod.name] }],
        within: patience,
        once: false,
      })),
    ),
  )
}

/** A machine asks its own server: who else reaches it is what routes and rules decide, and a lab is about those. */
function machineChecks({ name, interfaces, containers }: LabMachine): Check[] {
  const addresses = interfaces[0]?.addresses.slice(0, 1) ?? []
  return containers.flatMap(container =>
    eachPort(container, addresses).map(({ address, port }) => ({
      kind: 'curl' as const,
      url: joinHostPort(address, port),
      from: name,
      expect: [{ kind: 'answers' as const, backends: [name] }],
      within: patience,
      once: false,
    })),
  )
}

function eachPort({ serve }: Container, addresses: readonly Cidr[]): { address: string; port: number }[] {
  return serve.flatMap(port => addresses.map(({ address }) => ({ address, port })))
}

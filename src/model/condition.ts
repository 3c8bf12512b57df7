import type { Lab, LabMachine, LabNetwork, Lease, Pod } from './lab.ts'

/** `namespace/name` of a service → the pods that are its endpoints. */
export type EndpointsByService = Readonly<Record<string, readonly string[]>>

/** What the probes of a container have come to. */
export interface ProbeState {
  ready: boolean
  /** How many probes in a row said the other thing. */
  against: number
}

/** What a running lab has besides what it is: what kubelet, the endpoint controller and kube-proxy remember of it. */
export interface Condition {
  /** The endpoints that kube-proxy's rules have. */
  endpoints: EndpointsByService
  /** Pods whose programs somebody ended, and how. */
  ended: Readonly<Record<string, 'stopped' | 'killed'>>
  /** Pods that are not ready, with why. */
  notReady: Readonly<Record<string, string>>
  /** `pod/container` → what its probes have come to. */
  probes: Readonly<Record<string, ProbeState>>
  /** `pod/container` → how often it had been started again when its probes came to that; left out: never. */
  restarts?: Readonly<Record<string, number>>
  /** Pods that an apply was making or taking away when it failed. */
  unfinished: readonly Pod[]
  /** So with nodes, machines and networks; left out: none. */
  halfMade?: HalfMade
  /** A sync has failed: the next one writes every rule. */
  fullSync: boolean
  /** An apply has failed: what it was at may be half done, whatever is kept of it. The next one leaves nothing to what is known. */
  brokenOff: boolean
}

/** What an apply was about when it was broken off: of these nobody knows how much is there. */
export interface HalfMade {
  nodes: readonly LabMachine[]
  machines: readonly LabMachine[]
  networks: readonly LabNetwork[]
  /** Of the nodes. */
  leases: readonly Lease[]
  /** Nodes and machines that were to get other routes and settings. */
  adjusted: readonly { was: LabMachine; now: LabMachine }[]
}

/** A lab without what is half made: that is swept, and made anew. */
export function withoutHalfMade(lab: Lab, { nodes, machines, networks }: HalfMade): Lab {
  const names = (those: readonly { name: string }[]) => new Set(those.map(({ name }) => name))
  const [halfNodes, halfMachines, halfNetworks] = [names(nodes), names(machines), names(networks)]
  const isWhole = ({ node }: { node: string }) => !halfNodes.has(node)
  return {
    ...lab,
    nodes: lab.nodes.filter(({ name }) => !halfNodes.has(name)),
    machines: lab.machines.filter(({ name }) => !halfMachines.has(name)),
    networks: lab.networks.filter(({ name }) => !halfNetworks.has(name)),
    bridges: lab.bridges.filter(isWhole),
    pods: lab.pods.filter(isWhole),
    ...(lab.overlay === undefined
      ? {}
      : { overlay: { ...lab.overlay, leases: lab.overlay.leases.filter(isWhole) } }),
  }
}

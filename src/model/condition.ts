import type { Pod } from './lab.ts'

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
  /** A sync has failed: the next one writes every rule. */
  fullSync: boolean
  /** An apply has failed: what it was at may be half done, whatever is kept of it. The next one leaves nothing to what is known. */
  brokenOff: boolean
}

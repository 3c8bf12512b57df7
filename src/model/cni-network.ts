import type { Place, PluginVerb } from '../command/command.ts'
import type { Cidr } from './cidr.ts'
import type { HostLocalRange } from './host-local.ts'

/** A plugin of a network, as its conflist has it. */
export interface CniPlugin {
  type: string
  /** Names of what the runtime may tell it. */
  capabilities: readonly string[]
  /** All that stands there. */
  config: Readonly<Record<string, unknown>>
}

/** How the pods of a node get their network: a conflist, read. */
export interface CniNetwork {
  node: Place
  /** The conflist, as the lab calls it. */
  file: string
  name: string
  cniVersion: string
  /** In order; addresses are host-local's. */
  plugins: readonly CniPlugin[]
  ranges: readonly HostLocalRange[]
  /** CHECK may be called: the specification has it from 0.4.0 on, and the conflist does not forbid it. */
  canCheck: boolean
  /** The bridge that the pods are plugged into; left out: each has a cable of its own to the node. */
  bridge?: string
  /** The node's own address, by which its pods know it; left out: it has none. */
  gateway?: Cidr
}

/** What a step has a container runtime do. */
export interface CniCall {
  verb: Exclude<PluginVerb, 'VERSION'>
  pod: string
  /** Of CHECK: some plugin finds something wrong, as it should. */
  fails?: true
}

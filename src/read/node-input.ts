import type { Place } from '../command/command.ts'
import type { CniNetwork } from '../model/cni-network.ts'
import type { Path } from '../text/document.ts'
import type { Allocations } from './allocations.ts'
import type { LabInput } from './schema/lab.ts'

/** A node, and what stands of it in the file. */
export interface NodeInput {
  node: Place
  input: Pick<LabInput, 'cni' | 'bridge' | 'bridges' | 'pods'>
  /** Of a node with "cni"; left out: its conflist cannot be read. */
  network?: CniNetwork | undefined
  /** How many bridges the file says, mistakes included. */
  bridges: number
  /** Pods of which something had to be left out; undefined: of all of them. What is not there of another was not written. */
  doubtful: ReadonlySet<string | number | undefined>
  /** The node's own names, addresses and subnets. */
  own: Allocations
  /** Says who has an address in the whole cluster; each pod has one of its own, whichever node it is on. */
  claim(address: string, path: Path, what: string): void
  /** Whether it would answer ARP for an address: its own, or one that it has a way to. */
  answersFor(address: string): boolean
  /** What to write for it to have a way to everybody. */
  wayOut: string
}

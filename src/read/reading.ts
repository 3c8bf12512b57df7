import type { CniNetwork } from '../model/cni-network.ts'
import type { Findings } from '../text/findings.ts'
import type { Allocations } from './allocations.ts'

/** What the file says, mistakes included. */
export interface Written {
  /** How many bridges, by node; the host's by its name. */
  bridges: ReadonlyMap<string, number>
  networks: readonly string[]
  /** Nodes and machines without an interface. */
  bareMachines: ReadonlySet<string>
  /** Pods of which something had to be left out; undefined: of all of them. */
  doubtful: ReadonlySet<string | number | undefined>
  /** Nothing had to be left out. */
  isWhole: boolean
}

/** Where nodes, networks and machines are read. */
export interface Reading {
  findings: Findings
  /** Those of the host, its pods and the machines outside. */
  allocations: Allocations
  /** Where nothing of the file had to be left out, what is not there surely does not exist. */
  written: Written
  /** How plugins wire the pods of nodes. */
  cni: readonly CniNetwork[]
}

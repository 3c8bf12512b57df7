import type { Action, Command } from '../command/command.ts'
import type { Link } from '../model/machine.ts'

/** What brings a link. Those of many links go phase by phase: the first of all of them, then the second. */
export interface Attachment {
  /** The cable, and the far end set up. */
  cable: readonly Action[]
  /** Kernel settings of the far end: the first of all links, then the second. */
  settings: readonly Action[]
  /** What the far side knows of the machine for good. */
  known: readonly Action[]
  /** The machine's own end set up. */
  near: readonly Action[]
  /** The far side's way through the machine. */
  wayOut: readonly Action[]
}

/** What takes a link away, phase by phase as well. */
export interface Detachment {
  /** The cable; with it the kernel takes the addresses and routes of both ends. */
  cable: readonly Command[]
  /** What others remember of the machine. */
  forgetting: readonly Command[]
}

/** How links of one kind come, go and change. */
export interface LinkDriver<Kind extends Link> {
  attach(link: Kind): Attachment
  /** `left`: the links that stay. */
  detach(link: Kind, left: readonly Link[]): Detachment
  /** Pins a link that is there, or unpins it: as it is to be. Phase by phase. */
  repin(link: Kind): readonly (readonly Command[])[]
}

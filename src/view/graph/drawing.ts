/** How a line of a box is set: its name, an address, something smaller, or what is off. */
export type RowKind = 'name' | 'address' | 'detail' | 'off'

/** A line of text in a box. */
export interface Row {
  text: string
  kind: RowKind
}

/** What a box stands for, and so how it looks. */
export type BoxKind =
  | 'frame'
  | 'machine'
  | 'pod'
  | 'bridge'
  | 'network'
  | 'tunnel'
  | 'service'
  | 'chain'
  | 'hook'
  | 'more'

/** A box with its lines, or a frame around other boxes, of which the lines are the head. */
export interface Box {
  id: string
  kind: BoxKind
  rows: readonly Row[]
  children: readonly Box[]
  /** Something in it is off. */
  isOff: boolean
  /** Lines may begin at each row of its own: those of a chain. */
  hasRowEnds?: boolean
  /** Characters: at least so wide. */
  least?: number
}

/** A line between two boxes, from the upper one to the lower one. */
export interface Line {
  id: string
  from: string
  /** The row of the upper box where it begins, 0-based; left out: anywhere at its edge. */
  fromRow?: number
  to: string
  kind: 'cable' | 'tunnel' | 'carrier' | 'service' | 'jump' | 'unseen'
  /** At its upper end, and at its lower one. */
  upper?: string
  lower?: string
  /** Where it has an arrow. */
  arrow?: 'upper' | 'lower'
  isOff: boolean
}

/** Boxes and lines, before anybody knows where. */
export interface Drawing {
  title: string
  /** Which way lines lead. */
  direction: 'down' | 'right'
  boxes: readonly Box[]
  lines: readonly Line[]
}

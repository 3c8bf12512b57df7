import type { Evidence } from '../../diagnose/evidence.ts'
import type { ManyReport } from '../../trace/trace-many.ts'
import type { Findings } from './findings.ts'
import type { Stop } from './stops.ts'

/** A request that was followed, as the stops of its packets. */
export interface Followed {
  stops: readonly Stop[]
  notes: readonly string[]
  evidence?: Evidence
}

/** What the page can ask for, by its path, with what it says and what it is told. */
export interface Orders {
  /** `netlab trace` */
  send: { body: { from: string; url: string }; told: Followed }
  /** `netlab trace --requests` */
  many: { body: { from: string; url: string; requests: number }; told: ManyReport }
  /** Takes an interface down. */
  cut: { body: { place: string; link: string }; told: Done }
  /** `netlab pod kill` */
  kill: { body: { pod: string }; told: Done }
  /** Deletes a rule, by the words that it has. */
  delete: { body: RuleNamed; told: Done }
  /** `netlab verify` */
  verify: { body: Record<string, never>; told: Findings }
  /** `netlab sync` */
  sync: { body: Record<string, never>; told: Done }
  /** Builds the lab again. */
  mend: { body: Record<string, never>; told: Done }
  /** Builds the lab again as a lesson, which stands before its first step then. */
  begin: { body: Record<string, never>; told: Pressed }
  /** A key of the lesson, for the question that it answers. */
  press: { body: { key: string; turn: number }; told: Pressed }
}

/** A shell in a place, by the name that the window gives it which has opened it. */
export interface ShellNamed {
  /** The window, as it was told who it is. */
  reader: string
  shell: number
}

/** What a window can ask for its shells; nobody else waits for that. */
export interface ShellOrders {
  /** `netlab shell` */
  open: { body: ShellNamed & { place: string; rows: number; columns: number }; told: object }
  type: { body: ShellNamed & { text: string }; told: object }
  resize: { body: ShellNamed & { rows: number; columns: number }; told: object }
  /** So many bytes of what was printed are on the screen: as many more may come. */
  seen: { body: ShellNamed & { bytes: number }; told: object }
  close: { body: ShellNamed; told: object }
}

/** What came of a key of the lesson besides that it goes on. */
export interface Pressed {
  /** A request of a check, followed. */
  trace?: Followed
}

/** A rule of a place, so that it is found again though others have come or gone. */
export interface RuleNamed {
  place: string
  family: 'ipv4' | 'ipv6'
  table: string
  chain: string
  /** As iptables-save prints it, without its chain. */
  text: string
}

/** What was done, and what a person would have typed for it. */
export interface Done {
  typed: string
  words: string
}

/** What an order is answered with that could not be carried out. */
export interface Failed {
  what: string
  where?: string
  why?: string
  details?: string
  fix?: string
}

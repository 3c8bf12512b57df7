import type { Place } from '../command/command.ts'
import type { Shown } from './show.ts'
import type { Endpoint, Way } from './way.ts'

/** Where packets get lost, and how, as whoever follows them says it. */
export interface KnownEnd {
  place: Place
  /** In a sentence. */
  words: string
  /** It is so for large packets only. */
  large?: true
}

/** Where a machine that does not forward throws packets away. `setting`: `net.ipv4.ip_forward is 0`; `what`: `the request`. */
export function thrownAway(place: Place, setting: string, what: string): KnownEnd {
  return { place, words: `${place} does not forward (${setting}), and throws ${what} away` }
}

/** What the kernel says at the hop that is to blame. */
export interface Evidence {
  /** The cause in one line: `netns_011 has no default route`. */
  headline: string
  /** What mends it, as a line for a shell on the lab's host: `ip -n netns_011 route add default via 10.0.0.1`. */
  mend?: string
  /** The same as lines to type on the machine, none of which can do anything but in the lab: `netlab exec clusterip -- ip …`. */
  typed?: readonly string[]
  /** What shows it: commands with their output, say. */
  lines: readonly string[]
  /** Where the packets get lost: left out where the headline says no more than a trace sees. */
  end?: KnownEnd
  /** No hop is to blame: all that was looked at is in order. */
  inOrder?: true
}

/** Looks at one hop of a packet's way: what is off there, or undefined where all is as it should be. */
export type Hop = (way: Way) => Evidence | undefined

/** What is off, the command that mends it where there is one, and the commands whose output shows it. */
export function finding(headline: string, mend: string | undefined, ...shown: readonly Shown[]): Evidence {
  return { headline, ...(mend === undefined ? {} : { mend }), lines: shown.flat() }
}

/** That all is as it should be, as far as one can look, and the commands whose output shows it. */
export function nothingFound(headline: string, ...shown: readonly Shown[]): Evidence {
  return { ...finding(headline, undefined, ...shown), inOrder: true }
}

/** A hop that is looked at for each endpoint that the packet can have gone to. */
export function forEachEndpoint(look: (way: Way, endpoint: Endpoint) => Evidence | undefined): Hop {
  return way => {
    for (const endpoint of way.endpoints) {
      const found = look(way, endpoint)
      if (found !== undefined) return found
    }
    return undefined
  }
}

import type { Place } from '../command/command.ts'
import type { Family } from '../model/address.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Connection } from './facts.ts'
import { parseConnections } from './parse-facts.ts'
import { runTool } from './tool.ts'

/** A connection that a kernel tracks. */
export interface TrackedConnection extends Connection {
  /** No other entry has it, as long as this one is there. */
  id: string
  /** `tcp` */
  protocol: string
  /** Of TCP: `TIME_WAIT`. */
  state?: string
}

/** All connections that a place's kernel tracks, of these families. */
export async function connectionTable(
  sandbox: Sandbox,
  place: Place,
  families: readonly Family[],
  signal?: AbortSignal,
): Promise<TrackedConnection[]> {
  const tables: TrackedConnection[][] = []
  for (const family of families) {
    const { stdout } = await runTool(sandbox, ['conntrack', '-L', '-f', family, '-o', 'id'], {
      ...{ place, onlyNetwork: true, deadline: 60_000 },
      why: 'reading which connections there are',
      ...(signal === undefined ? {} : { signal }),
    })
    tables.push(trackedConnections(stdout))
  }
  return tables.flat()
}

/** What `conntrack -L -o id` prints. */
export function trackedConnections(text: string): TrackedConnection[] {
  return parseConnections(text).map(connection => {
    // Of TCP a state stands between the seconds that are left and the addresses.
    const [, protocol = '', state] =
      /^(?:ipv[46] +\d+ +)?(\S+) +\d+(?: +\d+)?(?: +([A-Z_0-9]+))? /.exec(connection.text) ?? []
    const id = / id=(\d+)/.exec(connection.text)?.[1] ?? connection.text
    return { ...connection, id, protocol, ...(state === undefined ? {} : { state }) }
  })
}

import { type Command, onHost } from '../command/command.ts'
import { flushCommand, staleEntries } from '../service/conntrack.ts'
import type { NodeView } from './dataplane.ts'

/** What flushes UDP connections that lead nowhere after a change, in any mode that leaves them to conntrack. */
export function flushesOf(before: NodeView | undefined, after: NodeView | undefined): Command[] {
  const none = { services: [], slices: [] }
  const stale = staleEntries(before ?? none, after ?? none, (after ?? before)?.family ?? 'ipv4')
  return stale.map(entries => onHost(flushCommand(entries)))
}

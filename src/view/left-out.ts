import type { Cluster } from '../cluster/cluster.ts'
import type { HintNotes } from '../cluster/hint-notes.ts'
import type { ClusterNotes } from '../cluster/notes.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import { printable } from './printable.ts'

/** What manifests hold that changes nothing: a line for each object that might have, and one for all kinds that never do. */
export function renderLeftOut({ skipped, otherKinds }: Pick<Manifests, 'skipped' | 'otherKinds'>): string {
  const kinds = [...otherKinds].sort().map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`))
  const lines = [
    ...skipped.map(({ file, line, what, why }) => `${file}:${line}: ${what} is left out: ${why}\n`),
    ...(kinds.length === 0
      ? []
      : [`left out, since they say nothing about Services and their pods: ${kinds.join(', ')}\n`]),
  ]
  return printable(lines.join(''))
}

/** What a person may wonder about when a rule is not there, or leads nowhere. */
export function renderClusterNotes({ withoutEndpoints }: ClusterNotes): string {
  return printable(withoutEndpoints.map(note => `${note}\n`).join(''))
}

/** What services say that changes no rule: their fields, wishes for endpoints that are near, hints. */
export function renderIdle(fields: readonly string[], { ignored }: HintNotes): string {
  return printable([...fields, ...ignored].map(note => `${note}\n`).join(''))
}

/** Comments before rules: what was allocated, which services have none, and which have rules for a part of their endpoints. */
export function allocationComments(
  { allocations }: Cluster,
  { withoutRules }: ClusterNotes,
  { counted }: HintNotes,
): string {
  const lines = [
    ...allocations.map(({ what, service, value }) => `# ${what} allocated: ${service} ${value}\n`),
    ...withoutRules.map(note => `# no rules: ${note}\n`),
    ...counted.map(note => `# ${note}\n`),
  ]
  return lines.join('')
}

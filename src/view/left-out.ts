import { namespacedName } from '../model/kubernetes.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import { printable } from './printable.ts'

/** What a person may wonder about when a rule is not there, a line each. */
export function renderLeftOut({ skipped, objects }: Manifests): string {
  const unallocated = objects.services.filter(
    service => service.clusterIPs.length === 0 && service.type !== 'ExternalName',
  )
  const lines = [
    ...skipped.map(({ file, line, what, why }) => `${file}:${line}: ${what} is left out: ${why}\n`),
    ...unallocated.map(service => {
      const name = namespacedName(service)
      return `${name} has no clusterIP, which the API server would choose, and so no rules: write one\n`
    }),
  ]
  return printable(lines.join(''))
}

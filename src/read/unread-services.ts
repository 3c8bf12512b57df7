import * as z from 'zod'
import type { Path, SourceDocument } from '../text/document.ts'
import { Findings } from '../text/findings.ts'
import type { Problem } from '../text/problem.ts'
import { readService } from './manifest/service.ts'
import { nameMistakes } from './manifest/service-mistakes.ts'
import { serviceInPlace } from './schema/service.ts'
import type { Report, ServiceSource } from './services.ts'

const { shape } = serviceInPlace

/** What of a service can be checked without its ports; what is wrong with these fields themselves has been told. */
const withoutPorts = z.object({
  name: shape.name,
  namespace: shape.namespace,
  clusterIP: shape.clusterIP.catch(undefined),
  clusterIPs: shape.clusterIPs.catch(undefined),
  selector: shape.selector.catch(undefined),
  endpoints: shape.endpoints.catch(undefined),
})

/**
 * The services in place that fit the schema so little that they were left out, as far as they can be read: their names, addresses and
 * selectors are to be mended in the same go. Paths in `mistaken` are of the document, and what is told goes to `problems`.
 */
export function unreadServices(
  document: SourceDocument,
  mistaken: readonly Path[],
  problems: Problem[],
): ServiceSource[] {
  const { services } = document.value as { services?: unknown }
  if (!Array.isArray(services)) return []
  const leftOut = new Set(
    mistaken.flatMap(path => (path[0] === 'services' && path.length === 2 ? [Number(path[1])] : [])),
  )
  const findings = new Findings(document, undefined, problems)
  return [...leftOut].flatMap(index => {
    const read = withoutPorts.safeParse(services[index])
    if (!read.success) return []
    const { name, namespace, selector, endpoints, ...addresses } = read.data
    const path: Path = ['services', index]
    const report: Report = (at, message, fix, on) =>
      findings.report([...path, ...at.slice(1)], message, fix, on)
    for (const { path: at, message, fix, on } of nameMistakes(name)) report(at, message, fix, on)
    return [
      {
        service: readService({ metadata: { name, namespace }, spec: { ...addresses, selector } }),
        endpoints: () => endpoints ?? (selector === undefined ? [] : undefined),
        endpointsPath: [...path, 'endpoints'],
        report,
      },
    ]
  })
}

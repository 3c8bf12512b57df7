import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Flow, FlowCase } from './flow-cases.ts'

/** The cases of kube-proxy's iptables mode that tell flows; none where NETLAB_KUBE_PROXY_GOLDEN names no folder. */
export function flowCases(): { id: string; golden: FlowCase; flows: Flow[] }[] {
  const folder = join(process.env.NETLAB_KUBE_PROXY_GOLDEN ?? '', 'iptables')
  if (process.env.NETLAB_KUBE_PROXY_GOLDEN === undefined || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => {
      const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as FlowCase
      return { id: file.replace('.json', ''), golden, flows: golden.flows ?? [] }
    })
    .filter(({ flows }) => flows.length > 0)
}

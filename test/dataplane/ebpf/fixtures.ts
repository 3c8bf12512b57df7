import type { RuleSet } from '../../../src/dataplane/balanced-service.ts'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { compileServices } from '../../../src/dataplane/ebpf/compile.ts'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
import type { ProxySettings } from '../../../src/model/lab.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'

/** What the load balancer of the node n1 is told, which has the addresses 192.0.2.1 and 192.0.2.2. */
export function compile(
  services: Service[],
  slices: EndpointSlice[],
  settings: Partial<ProxySettings> = {},
  fields: Partial<NodeView> = {},
): RuleSet {
  return compileServices({
    services,
    slices,
    settings: { ...defaultProxySettings, ...settings },
    node: { name: 'n1', addresses: ['127.0.0.1', '192.0.2.1', '192.0.2.2', '2001:db8::1'] },
    family: 'ipv4',
    ...fields,
  })
}

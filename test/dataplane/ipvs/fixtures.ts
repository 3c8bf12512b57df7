import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { compileServices } from '../../../src/dataplane/ipvs/compile.ts'
import type { RuleSet } from '../../../src/dataplane/ipvs/rules.ts'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
import type { ProxySettings } from '../../../src/model/lab.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'

/** What is known on the node n1 with the addresses 192.0.2.1 and 192.0.2.2. */
export function viewOf(
  services: Service[],
  slices: EndpointSlice[],
  settings: Partial<ProxySettings> = {},
  fields: Partial<NodeView> = {},
): NodeView {
  return {
    services,
    slices,
    settings: { ...defaultProxySettings, ...settings },
    node: {
      name: 'n1',
      addresses: ['127.0.0.1', '192.0.2.1', '192.0.2.2', '2001:db8::1'],
      primary: '192.0.2.1',
    },
    family: 'ipv4',
    ...fields,
  }
}

/** What is set up there. */
export function compile(...about: Parameters<typeof viewOf>): RuleSet {
  return compileServices(viewOf(...about))
}

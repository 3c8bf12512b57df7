/** Services with two endpoints each, as a cluster has them; in those that `changed` names the second endpoint is another one. */
function manyServices(count, changed = -1) {
  const numbers = Array.from({ length: count }, (_, index) => index)
  return {
    services: numbers.map(index => ({
      namespace: `team-${index % 50}`,
      name: `service-${index}`,
      type: 'ClusterIP',
      labels: {},
      clusterIPs: [`10.96.${index >> 8}.${index & 255}`],
      selector: { app: `service-${index}` },
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
      externalIPs: [],
      loadBalancerIPs: [],
      loadBalancerSourceRanges: [],
      sessionAffinity: 'None',
      sessionAffinityTimeout: 10_800,
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Cluster',
    })),
    slices: numbers.map(index => ({
      namespace: `team-${index % 50}`,
      service: `service-${index}`,
      addressType: 'IPv4',
      ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
      endpoints: [podAddress(2 * index), podAddress(2 * index + (index === changed ? 100_001 : 1))].map(
        address => ({
          addresses: [address],
        }),
      ),
    })),
  }
}

function podAddress(index) {
  return `10.${128 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
}

/** What is compiled of them: one node without settings of its own. */
export function compileInput({ defaultProxySettings }, count, changed) {
  const node = { name: 'node', addresses: ['192.0.2.1'], primary: '192.0.2.1' }
  return { ...manyServices(count, changed), settings: defaultProxySettings, node, family: 'ipv4' }
}

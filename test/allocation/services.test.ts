import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocateServices, familiesAsked, usualPools } from '../../src/allocation/services.ts'
import type { Service } from '../../src/model/kubernetes.ts'
import { contains } from '../../src/service/addresses.ts'
import { service } from '../dataplane/iptables/fixtures.ts'

const pools = { ...usualPools, families: ['ipv4'] as const }
const bare = (name: string, fields: Partial<Service> = {}) => service({ name, clusterIPs: [], ...fields })
const allocated = (services: Service[], more: Partial<typeof pools> = {}) =>
  allocateServices(services, { ...pools, ...more }).services

describe('a cluster IP', () => {
  it('is taken from the part of the service CIDR that nobody states addresses of', () => {
    const [cart] = allocated([bare('cart')])
    const [address = ''] = cart?.clusterIPs ?? []
    expect(contains('10.96.0.0/12', address)).toBe(true)
    expect(contains('10.96.0.0/24', address)).toBe(false)
  })

  it('is what the service states, and nobody else gets that', () => {
    const networks = { serviceCIDRs: ['10.9.0.0/29'] }
    const six = ['a', 'b', 'c', 'd', 'e'].map(name => bare(name))
    const stated = service({ name: 'stated', clusterIPs: ['10.9.0.3'] })
    const addresses = allocated([...six, stated], networks as never).map(({ clusterIPs }) => clusterIPs[0])
    expect(addresses.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map(last => `10.9.0.${last}`))
    expect(addresses.at(-1)).toBe('10.9.0.3')
    const one = [...six, stated, bare('one-too-many')]
    expect(allocateServices(one, { ...pools, ...networks } as never).lacking).toEqual([
      { service: 'shop/one-too-many', what: 'cluster IP', from: '10.9.0.0/29' },
    ])
  })

  it('is not needed by a headless service, an ExternalName, or one that a cluster has taken in', () => {
    const services = [
      bare('headless', { clusterIPs: ['None'] }),
      bare('name', { type: 'ExternalName' }),
      bare('taken', { isAllocated: true }),
    ]
    expect(allocated(services)).toEqual(services)
  })

  it('is there of each family that a service asks for', () => {
    const dual = bare('dual', { ipFamilyPolicy: 'RequireDualStack' })
    const six = bare('six', { ipFamilies: ['IPv6'] })
    expect(
      familiesAsked([bare('cart'), bare('maybe', { ipFamilyPolicy: 'PreferDualStack' })], 'ipv4'),
    ).toEqual(['ipv4'])
    const families = familiesAsked([dual, six], 'ipv4')
    expect(families).toEqual(['ipv4', 'ipv6'])
    const [first, second] = allocateServices([dual, six], { ...pools, families }).services
    expect(first?.clusterIPs).toEqual([
      expect.stringContaining('10.'),
      expect.stringContaining('fd00:10:96::'),
    ])
    expect(second?.clusterIPs).toEqual([expect.stringContaining('fd00:10:96::')])
  })
})

describe('ports and addresses of other kinds', () => {
  it('are those that a type needs, and TCP and UDP of one port share a node port', () => {
    const ports = [
      { name: 'tcp', protocol: 'TCP' as const, port: 53, targetPort: 53 },
      { name: 'udp', protocol: 'UDP' as const, port: 53, targetPort: 53 },
      { name: 'web', protocol: 'TCP' as const, port: 80, targetPort: 80, nodePort: 30_080 },
    ]
    const [dns] = allocated([bare('dns', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports })])
    const [tcp, udp, web] = dns?.ports.map(({ nodePort }) => nodePort) ?? []
    expect(tcp).toBeGreaterThan(30_085)
    expect(tcp).toBeLessThanOrEqual(32_767)
    expect([udp, web]).toEqual([tcp, 30_080])
    expect(dns?.healthCheckNodePort).toBeGreaterThan(30_085)
    expect(dns?.loadBalancerIPs).toEqual([expect.stringMatching(/^203\.0\.113\.\d+$/)])
  })

  it('are left out where the service does not want them', () => {
    const [own] = allocated([
      bare('own', {
        type: 'LoadBalancer',
        noLoadBalancerNodePorts: true,
        wantedLoadBalancerIP: '198.51.100.4',
      }),
    ])
    expect(own?.ports[0]).not.toHaveProperty('nodePort')
    expect(own?.loadBalancerIPs).toEqual(['198.51.100.4'])
  })
})

it('the order of input changes nothing, and each has something of its own', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), { minLength: 2, maxLength: 40 })
  fc.assert(
    fc.property(
      names.chain(given =>
        fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
      ),
      ([given, shuffled]) => {
        const made = (some: string[]) =>
          allocateServices(
            some.map(name => bare(name, { type: 'LoadBalancer' })),
            pools,
          )
        expect(made(shuffled)).toEqual(made(given))
        const { services } = made(given)
        for (const all of [
          services.map(({ clusterIPs }) => `${clusterIPs[0]}`),
          services.map(({ ports }) => `${ports[0]?.nodePort}`),
          services.map(({ loadBalancerIPs }) => `${loadBalancerIPs[0]}`),
        ])
          expect(new Set(all).size).toBe(given.length)
      },
    ),
  )
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contains } from '../../src/model/address.ts'
import { namespacedName } from '../../src/model/kubernetes.ts'
import { compilePlan } from '../../src/plan/compile.ts'
import { planScript } from '../../src/plan/shell-script.ts'
import { loadChange } from '../../src/read/load-change.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { LabError } from '../../src/text/problem.ts'
import { labOf } from '../plan/lab-text.ts'

const smallest = `name: web
pods:
  a: {serve: 8080, labels: {app: web}}
  b:
services: [{name: web, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
`

const web = 'services: [{name: web, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]\n'
const a = '{serve: 8080, labels: {app: web}}'

/** What a lab leaves to netlab, a line each. */
function chosen(text: string): string[] {
  return (labOf(text).chosen ?? []).map(({ of, value }) => `${of}: ${value}`)
}

function addresses(text: string): Record<string, string> {
  return Object.fromEntries(
    labOf(text).pods.map(({ name, address }) => [name, `${address.address}/${address.prefix}`]),
  )
}

/** A folder with these files, for as long as a test takes. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-left-out-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

describe('what a lab file leaves out', () => {
  it('is chosen, and told in the plan', () => {
    expect(chosen(smallest)).toEqual([
      'bridge cni0: 10.244.0.1/16',
      'pod a: 10.244.0.2/16',
      'pod b: 10.244.0.3/16',
      'machine client outside: 192.0.2.10/24',
      'sysctls of the host: net.ipv4.ip_forward=1, net.bridge.bridge-nf-call-iptables=1',
      'service default/web: cluster IP 10.106.175.246',
    ])
    const script = planScript(compilePlan(labOf(smallest)))
    expect(script).toContain('#   service default/web: cluster IP 10.106.175.246\n')
    expect(script).toContain('ip address add 10.244.0.1/16 dev cni0\n')
  })

  it('is what one would have stated: the lab with all of it written is the same', () => {
    const whole = labOf(`name: web
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: cni0, address: 10.244.0.1/16, hairpin: true}
pods:
  a: {address: 10.244.0.2/16, serve: 8080, labels: {app: web}}
  b: 10.244.0.3/16
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.106.175.246, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
`)
    expect(whole.chosen).toBeUndefined()
    const { chosen: _, sources: __, ...rest } = labOf(smallest)
    const { sources: ___, ...stated } = whole
    expect(rest).toEqual(stated)
  })

  it('is nothing where all is stated, and nobody needs services', () => {
    expect(chosen('name: x\nbridge: {name: br1, address: 10.0.0.1/24}\npods: {a: 10.0.0.11/24}\n')).toEqual(
      [],
    )
  })
})

describe('a pod without an address', () => {
  const bridge = 'bridge: {name: br1, address: 10.0.0.1/29}\n'

  it('gets the next one of its bridge that nobody states, above or below', () => {
    const text = `name: x\n${bridge}pods: {a: , b: {serve: 80}, c: 10.0.0.3/29, d: {address: 10.0.0.4}, e: }\n`
    expect(addresses(text)).toEqual({
      ...{ a: '10.0.0.2/29', b: '10.0.0.5/29', c: '10.0.0.3/29', d: '10.0.0.4/29', e: '10.0.0.6/29' },
    })
  })

  it('gets one of the bridge that it names', () => {
    const bridges = 'bridges: [{name: br1, address: 10.0.0.1/24}, {name: br2, address: 10.0.1.1/24}]\n'
    const text = `name: x\n${bridges}pods: {a: , b: {bridge: br2}, c: 10.0.1.7}\n`
    expect(addresses(text)).toEqual({ a: '10.0.0.2/24', b: '10.0.1.2/24', c: '10.0.1.7/24' })
  })

  it('gets one of each family of the bridge', () => {
    const [pod] = labOf(
      'name: x\nbridge: {name: br1, addresses: [10.0.0.1/24, "fd00::1/64"]}\npods: {a: }\n',
    ).pods
    expect(pod).toMatchObject({
      address: { address: '10.0.0.2', prefix: 24 },
      otherAddress: { address: 'fd00::2', prefix: 64 },
      ...{ gateway: '10.0.0.1', otherGateway: 'fd00::1' },
    })
  })

  it('is on a bridge on the network of another that states its own, whose gateway that one may say', () => {
    expect(chosen('name: x\npods: {a: , b: 10.0.0.1, c: 10.0.0.2/24}\n')).toEqual([
      'bridge cni0: 10.0.0.3/24',
      'pod a: 10.0.0.4/24',
      'pod b: 10.0.0.1/24',
    ])
    expect(chosen('name: x\npods: {b: {address: 10.0.0.7/24, gateway: 10.0.0.254}}\n')).toEqual([
      'bridge cni0: 10.0.0.254/24',
    ])
  })

  it('is in no network that the lab uses for something else', () => {
    const outside = 'outside: {client: 10.244.7.7/24}\n'
    expect(addresses(`name: x\n${outside}pods: {a: }\n`)).toEqual({ a: '10.245.0.2/16' })
  })

  it('has an address that nobody else has, whatever is stated', () => {
    const last = fc.integer({ min: 2, max: 254 })
    fc.assert(
      fc.property(fc.uniqueArray(last, { maxLength: 20 }), fc.nat(20), (stated, count) => {
        const pods = [
          ...Array.from({ length: count + 1 }, (_, index) => `left-${index}: `),
          ...stated.map(each => `stated-${each}: 10.0.0.${each}`),
        ]
        const { pods: read } = labOf(
          `name: x\nbridge: {name: br1, address: 10.0.0.1/24}\npods: {${pods.join(', ')}}\n`,
        )
        const own = read.map(({ address }) => address.address)
        expect(new Set(own).size).toBe(pods.length)
        expect(own.every(each => contains({ address: '10.0.0.1', prefix: 24 }, each))).toBe(true)
        for (const each of stated) expect(own).toContain(`10.0.0.${each}`)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a service without a cluster IP', () => {
  it('gets the same one, whatever stands beside it and in whichever order', () => {
    const service = (name: string) => `{name: ${name}, endpoints: [], ports: [{port: 80}]}`
    const ips = (names: readonly string[]) =>
      labOf(`name: x\npods: {a: }\nservices: [${names.map(service).join(', ')}]\n`).services.map(each => [
        namespacedName(each),
        each.clusterIPs[0],
      ])
    const two = Object.fromEntries(ips(['web', 'api']))
    expect(Object.fromEntries(ips(['db', 'api', 'web']))).toMatchObject(two)
  })

  it('stays headless where it says None, and needs no way out', () => {
    const headless = `name: x\npods: {a: ${a}}\n${web.replace('web,', 'web, clusterIP: None,')}`
    expect(labOf(headless).services[0]?.clusterIPs).toEqual(['None'])
    expect(chosen(headless)).toEqual(['bridge cni0: 10.244.0.1/16', 'pod a: 10.244.0.2/16'])
  })

  it('gets none that a machine may have', () => {
    const [service] = labOf(
      `name: x\nbridge: {name: br1, address: 10.0.0.1/8}\npods: {a: ${a}}\n${web}`,
    ).services
    expect(contains({ address: '172.30.0.0', prefix: 16 }, service?.clusterIPs[0] ?? '')).toBe(true)
  })

  it('gets node ports and one of each family, as in a cluster', () => {
    const dual = web.replace('web,', 'web, type: NodePort, ipFamilyPolicy: RequireDualStack,')
    const lab = labOf(`name: x\npods: {a: ${a}}\n${dual}`)
    expect(lab.services[0]?.clusterIPs).toEqual([
      expect.stringMatching(/^10\./),
      expect.stringMatching(/^fd00:10:96::/),
    ])
    expect(lab.services[0]?.ports[0]?.nodePort).toBeGreaterThan(30_085)
    expect(lab.outside[0]).toMatchObject({
      ...{ address: { address: '192.0.2.10' }, otherAddress: { address: '2001:db8::a' } },
    })
    expect(lab.sysctls).toMatchObject({ 'net.ipv6.conf.all.forwarding': '1' })
  })
})

describe('a way out', () => {
  it('and settings stay as they are stated, also where that is nothing', () => {
    const stated = `sysctls: {}\noutside: {office: 198.51.100.7/24}\npods: {a: ${a}}\n`
    const lab = labOf(`name: x\n${stated}${web}`)
    expect([lab.sysctls, lab.outside.map(({ name }) => name)]).toEqual([{}, ['office']])
  })

  it('has a name that is nobody else’s', () => {
    expect(labOf(`name: x\npods: {client: , a: ${a}}\n${web}`).outside[0]?.name).toBe('outside')
  })

  const node = (name: string, last: number, more = '') =>
    `  ${name}: {interfaces: {eth0: {network: lan, address: 10.4.7.${last}/24}}, ${more}pods: {${name}-pod: ${a}}}\n`

  it('of nodes is one new machine on their network', () => {
    expect(chosen(`name: x\nnetworks: {lan: {}}\nnodes:\n${node('n1', 1)}${node('n2', 3)}${web}`)).toEqual([
      'n1, bridge cni0: 10.244.1.1/24',
      'n1, pod n1-pod: 10.244.1.2/24',
      'n2, bridge cni0: 10.244.2.1/24',
      'n2, pod n2-pod: 10.244.2.2/24',
      'machine client on lan: 10.4.7.2/24',
      'node n1: gateway 10.4.7.2',
      'node n2: gateway 10.4.7.2',
      'sysctls of n1: net.ipv4.ip_forward=1, net.bridge.bridge-nf-call-iptables=1',
      'sysctls of n2: net.ipv4.ip_forward=1, net.bridge.bridge-nf-call-iptables=1',
      'service default/web: cluster IP 10.106.175.246',
    ])
  })

  it('of nodes is the router that is there, and no machine whose own way leads to a node', () => {
    const machines = `machines:
  pc: {interfaces: {eth0: {network: lan, address: 10.4.7.9/24}}, gateway: 10.4.7.1}
  router: {interfaces: {eth0: {network: lan, address: 10.4.7.254/24}, eth1: {network: far, address: 60.1.1.1/24}}}
`
    const lab = labOf(
      `name: x\nnetworks: {lan: {}, far: {}}\noverlay: {network: 172.7.0.0/16, backend: host-gw}\n` +
        `nodes:\n${node('n1', 1)}${machines}${web}`,
    )
    expect(lab.nodes[0]?.gateway).toBe('10.4.7.254')
    expect(lab.machines.map(({ name }) => name)).toEqual(['pc', 'router'])
    // The overlay says where the pods of a node are.
    expect(lab.pods[0]?.address).toEqual({ address: '172.7.1.2', prefix: 24 })
  })
})

describe('a folder of manifests', () => {
  const service = (name: string, more = '') =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {selector: {app: web}, ports: [{port: 8080}]${more}}\n`
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: []}}}\n'
  const lab = 'name: x\npods: {a: {serve: 8080, labels: {app: web}}}\nservices: [{manifest: k8s}]\n'

  it('has several files, and several kinds in a file', () => {
    const folder = folderOf({
      'lab.yaml': lab,
      'k8s/one.yaml': `${service('one')}---\n${deployment}---\n${service('two')}`,
      'k8s/three.json': JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'three' } },
        spec: { selector: { app: 'web' }, ports: [{ port: 8080 }] },
      }),
      'k8s/notes.txt': 'not a manifest',
      'k8s/folder.yaml/four.yaml': service('four'),
    })
    const { services, sources } = loadLab(join(folder, 'lab.yaml'))
    expect(services.map(({ name, pods }) => `${name} ${pods}`)).toEqual(['one a', 'two a', 'three a'])
    expect(sources.map(({ path }) => path).slice(1)).toEqual(['k8s/one.yaml', 'k8s/three.json'])
  })

  it('is the lab’s own folder, without the lab file', () => {
    const folder = folderOf({ 'lab.yaml': lab.replace('k8s', '.'), 'web.yaml': service('web') })
    expect(loadLab(join(folder, 'lab.yaml')).services.map(({ name }) => name)).toEqual(['web'])
  })

  it('is refused where a tool makes manifests of it, and told of file by file', () => {
    const told = (files: Record<string, string>) => {
      try {
        loadLab(join(folderOf({ 'lab.yaml': lab, ...files }), 'lab.yaml'))
      } catch (error) {
        if (error instanceof LabError)
          return error.problems.map(({ message, file }) => `${file.split('/').at(-1)} ${message}`)
        throw error
      }
      return []
    }
    expect(told({ 'k8s/Chart.yaml': 'name: x' })).toEqual([expect.stringContaining('is a Helm chart')])
    expect(told({ 'k8s/a.yaml': service('one'), 'k8s/b.yaml': service('one') })).toEqual([
      'b.yaml Service default/one is there already, in k8s/a.yaml:3',
    ])
  })

  it('is applied with cluster IPs that a running service keeps', () => {
    const folder = folderOf({ 'web.yaml': `${service('web')}---\n${service('new')}` })
    const running = labOf(smallest)
    const changed = loadChange(join(folder, 'web.yaml'), {
      ...running,
      services: running.services.map(each => ({ ...each, clusterIPs: ['10.99.0.7'] })),
    }).lab
    const [own, other] = changed.services
    expect(own?.clusterIPs).toEqual(['10.99.0.7'])
    expect(changed.chosen?.at(-1)).toEqual({
      of: 'service default/new',
      value: `cluster IP ${other?.clusterIPs[0]}`,
    })
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const service = (name: string, spec: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n---\n`
const workload = (kind: string, name: string, containers: string, more = '') =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  ${more}\n  selector: {matchLabels: {app: ${name}}}\n` +
  `  template: {metadata: {labels: {app: ${name}}}, spec: {containers: ${containers}}}\n---\n`

/** A shop over TCP and UDP, by each type of Service, and one behind which nobody is. */
const shop = [
  service('web', '{type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}]}'),
  service('dns', '{selector: {app: dns}, ports: [{port: 53, protocol: UDP}]}'),
  service(
    'log',
    '{type: NodePort, selector: {app: dns}, ports: [{port: 514, targetPort: 1514, protocol: UDP}]}',
  ),
  service('db', '{clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}'),
  service('gone', '{selector: {app: gone}, ports: [{port: 80}]}'),
  workload('Deployment', 'web', '[{name: c, ports: [{name: http, containerPort: 8080}]}]', 'replicas: 2'),
  workload('DaemonSet', 'dns', '[{name: c}]'),
  workload('StatefulSet', 'db', '[{name: c}]', 'serviceName: db'),
  'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n',
].join('')

interface Verified {
  ok: boolean
  services: { service: string; protocol: string; ok: boolean; expected: string }[]
}

describe('netlab up -f', () => {
  it('makes a lab of manifests whose services answer, on one node and on three', async () => {
    for (const nodes of ['1', '3']) {
      const session = openSession()
      const file = session.file('shop.yaml', shop)
      const up = await session.netlab('up', '-f', file, '--nodes', nodes)
      expect(up).toMatchObject({ code: 0 })
      expect(up.stderr).toContain('left out, since they say nothing about Services and their pods: Ingress\n')
      expect(up.stderr).toContain('shop/gone has no endpoints: its selector {app: gone} matches no pod')
      const { stdout } = await session.netlab('verify', '--json', '--requests', '20')
      const { ok, services } = JSON.parse(stdout) as Verified
      expect(services.filter(each => !each.ok)).toEqual([])
      expect(ok).toBe(true)
      const told = new Set(
        services.map(
          each => `${each.service} ${each.protocol} ${each.expected === 'spread' ? 'answers' : 'nobody'}`,
        ),
      )
      expect([...told].sort()).toEqual([
        'shop/dns UDP answers',
        'shop/gone TCP nobody',
        'shop/log UDP answers',
        'shop/web TCP answers',
      ])
      const named = await session.netlab('exec', '--in', 'web-1', '--', 'curl', '-s', 'http://db-0.db:5432')
      expect(named.stdout).toContain('you are talking to db-0 ')
      const short = await session.netlab('exec', '--in', 'db-0', '--', 'curl', '-s', 'http://web')
      expect(short.stdout).toMatch(/you are talking to web-[12] /)
      expect(await session.netlab('down')).toMatchObject({ code: 0 })
      expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
        left: [],
        processes: [],
      })
    }
  })

  it('reads standard input, and writes the lab file that this is', async () => {
    const session = openSession()
    const written = join(session.folder, 'lab.yaml')
    const up = await session.netlabWith(
      { input: shop },
      'up',
      '-f',
      '-',
      '--write',
      written,
      '--replicas',
      '1',
    )
    expect(up).toMatchObject({ code: 0 })
    expect(readFileSync(written, 'utf8')).toContain('# allocated: cluster IP ')
    expect(await session.netlab('validate', written)).toMatchObject({ code: 0 })
    const list = await session.netlab('status', '--json')
    expect(list.stdout).not.toContain('web-2')
    const again = await session.netlabWith(
      { input: shop },
      'up',
      '-f',
      '-',
      '--write',
      written,
      '--name',
      'b',
    )
    expect(again).toMatchObject({ code: 2 })
    expect(again.stderr).toContain(`${written} is there already`)
    expect(await session.netlab('apply')).toMatchObject({ code: 0 })
    await session.netlab('down', '--all')
  })

  it('is changed by more manifests, and back by its own', async () => {
    const session = openSession()
    const file = session.file('shop.yaml', shop)
    expect(await session.netlab('up', '-f', file)).toMatchObject({ code: 0 })
    const more = session.file(
      'more.yaml',
      service('new', '{selector: {app: new}, ports: [{port: 80}]}') +
        workload('Deployment', 'new', '[{name: c}]') +
        workload(
          'Deployment',
          'web',
          '[{name: c, ports: [{name: http, containerPort: 8080}]}]',
          'replicas: 3',
        ),
    )
    const applied = await session.netlab('apply', '-f', more, '--json')
    expect(applied).toMatchObject({ code: 0 })
    const { changes } = JSON.parse(applied.stdout) as {
      changes: { kind: string; name: string; what: string }[]
    }
    const touched = changes.map(({ kind, name }) => `${kind} ${name}`)
    expect(touched).toContain('pod web-3')
    expect(touched).toContain('service shop/new')
    expect(touched).not.toContain('pod web-1')
    const asked = await session.netlab('exec', '--in', 'db-0', '--', 'curl', '-s', 'http://new')
    expect(asked.stdout).toContain('you are talking to new-1 ')
    expect(await session.netlab('apply')).toMatchObject({ code: 0 })
    const status = await session.netlab('status', '--json')
    expect(status.stdout).not.toContain('new-1')
    await session.netlab('down')
  })

  it.each([
    [['up', 'clusterip', '-f', 'x.yaml'], 'a lab is made of manifests, or it is clusterip'],
    [['up', 'clusterip', '--nodes', '3'], '--nodes is for a lab that is made of manifests'],
    [['up', '-f', 'https://example.com/x.yaml'], 'netlab fetches nothing'],
    [['up', '-f', 'nowhere.yaml'], 'nowhere.yaml cannot be read: there is no such file'],
  ])('refuses %j', async (argv, message) => {
    const session = openSession()
    const { code, stderr } = await session.netlab(...argv)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(session.leftFiles()).toEqual([])
  })
})

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSession, type Session } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const text = `name: web
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
outside: {client: 192.0.2.10/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

/** A lab that runs, and of which kubelet knows that a pod has been ended; its files can be rewritten. */
async function openLab() {
  const session = openSession()
  const file = session.file('web.yaml', text)
  for (const argv of [['up', file], ['pod', 'stop', 'a'], ['sync']])
    expect(await session.netlab(...argv)).toMatchObject({ code: 0 })
  return { session, file }
}

const pathOf = (session: Session, file: string) => join(session.stateDir, 'web', file)

/** Writes a file of the lab as another netlab would have. */
function rewrite(session: Session, file: string, change: (value: Record<string, unknown>) => object): void {
  const value = JSON.parse(readFileSync(pathOf(session, file), 'utf8'))
  writeFileSync(pathOf(session, file), JSON.stringify(change(value)))
}

async function goesDown(session: Session): Promise<void> {
  expect(await session.netlab('down', 'web')).toMatchObject({ code: 0, stderr: '' })
  expect({ files: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    files: [],
    processes: [],
  })
}

/** As they were written when a pod was always plugged into a bridge. */
function oldPods(pods: unknown): object[] {
  const now = pods as { link: { bridge: string; veth: string } }[]
  return now.map(({ link: { bridge, veth }, ...pod }) => ({ ...pod, bridge, veth }))
}

function withoutCgroups(sandbox: unknown): object {
  const { cgroups: _, ...rest } = sandbox as { cgroups: unknown }
  return rest
}

/** The verbs that work with a lab; the first one only tells of it, for which its processes need not be understood in full. */
const verbs = [
  ['status'],
  ['verify', '--from', 'host', '--requests', '1'],
  ['exec', '--', 'true'],
  ['logs', 'a'],
  ['sync'],
  ['apply'],
  ['pod', 'start', 'a'],
]

describe('a lab that an older netlab has brought up', () => {
  it('is worked with, as it stands', async () => {
    const { session } = await openLab()
    rewrite(session, 'lab.json', ({ version: _, ...lab }) => ({ ...lab, pods: oldPods(lab.pods) }))
    rewrite(session, 'state.json', ({ rules: _, ...state }) => ({ ...state, lastStep: 'The last one' }))
    renameSync(pathOf(session, 'condition.json'), pathOf(session, 'sync.json'))
    writeFileSync(pathOf(session, 'plan.json'), '{"version":1}')
    const { stdout } = await session.netlab('status')
    expect(stdout).toContain('a  10.0.0.11  main  stopped  not ready\n')
    expect(stdout).toContain('default/web  10.96.0.10:80  b\n')
    for (const argv of verbs) expect([argv, await session.netlab(...argv)]).toMatchObject([argv, { code: 0 }])
    await goesDown(session)
  })

  it.each<[string, string, (value: Record<string, unknown>) => object]>([
    ['what it is', 'lab.json', ({ version: _, pods: _pods, ...lab }) => lab],
    // 0.1.0 made no cgroups.
    ['its processes', 'state.json', state => ({ ...state, sandbox: withoutCgroups(state.sandbox) })],
  ])('so that %s cannot be read any more, is told with what to type', async (_, name, change) => {
    const { session, file } = await openLab()
    rewrite(session, name, change)
    for (const argv of verbs.slice(name === 'state.json' ? 1 : 0))
      expect([argv, await session.netlab(...argv)]).toEqual([
        argv,
        {
          ...{ code: 1, stdout: '' },
          stderr: expect.stringMatching(
            new RegExp(`older netlab has written[\\s\\S]*fix: netlab down web, then netlab up ${file}\n`),
          ),
        },
      ])
    await goesDown(session)
  })
})

describe('a lab that a newer netlab has brought up', () => {
  it.each(['state.json', 'lab.json', 'condition.json'])('is told as such, by its %s', async name => {
    const { session, file } = await openLab()
    rewrite(session, name, value => ({ ...value, version: Number(value.version) + 100 }))
    for (const argv of verbs.slice(name === 'state.json' ? 1 : 0))
      expect([argv, await session.netlab(...argv)]).toEqual([
        argv,
        {
          ...{ code: 1, stdout: '' },
          stderr: expect.stringMatching(
            new RegExp(`a newer netlab has written[\\s\\S]*netlab down web, then netlab up ${file}\n`),
          ),
        },
      ])
    const { stdout } = await session.netlab('list', '--json')
    expect(JSON.parse(stdout)).toMatchObject([{ lab: 'web', state: 'up' }])
    await goesDown(session)
  })
})

it('every file of a lab has a version', async () => {
  const { session } = await openLab()
  for (const file of ['state.json', 'lab.json', 'condition.json'])
    expect([file, JSON.parse(readFileSync(pathOf(session, file), 'utf8'))]).toEqual([
      file,
      expect.objectContaining({ version: 1 }),
    ])
})

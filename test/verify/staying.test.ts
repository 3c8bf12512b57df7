import { expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'

const lab = (sticky: string, allowed: string) => `name: stays
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  web-1: {address: 10.0.0.11/24, serve: 8080, labels: &web {app: web}}
  web-2: {address: 10.0.0.12/24, serve: 8080, labels: *web}
  anna: 10.0.0.31/24
services:
  - {name: web, clusterIP: 10.96.0.80, selector: {app: web}, ${sticky}ports: [{port: 80, targetPort: 8080}]}
steps:
  - title: A client stays
    check: [{curl: "10.96.0.80", from: anna, expect: {stays: true${allowed}}}]
`
const affinity = 'sessionAffinity: ClientIP, '

it('a client that stays with its pod is one, and of which pods is looked at too', async () => {
  const session = openSession()
  const file = session.file('stays.yaml', lab(affinity, ', backend: [web-1, web-2]'))
  expect(await session.netlab('up', file, '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' })
  const { stdout } = await session.netlab('verify', '--json', '--from', 'anna')
  expect(JSON.parse(stdout).checks.at(-1)).toMatchObject({
    ok: true,
    expected: 'stays with web-1 or web-2',
    observed: expect.stringMatching(/^50 requests: all by web-[12]$/),
  })
  await session.netlab('down')
  const wrong = session.file('stays.yaml', lab(affinity, ', backend: anna'))
  const { code, stderr } = await session.netlab('up', wrong)
  expect(code).toBe(1)
  expect(stderr).toMatch(/expected {2}stays with anna\n +observed {2}50 requests: all by web-[12]\n/)
})

it('a client that throws dice for each connection does not stay, which needs no diagnosis', async () => {
  const session = openSession()
  const { code, stderr } = await session.netlab('up', session.file('stays.yaml', lab('', '')))
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /expected {2}stays with one pod\n +observed {2}50 requests: web-[12] \d+, web-[12] \d+\n\n/,
  )
  expect(stderr).not.toContain('asked again')
})

it('where nobody answers nobody stays, and the cause is told', async () => {
  const session = openSession()
  const text = lab(affinity, '').replace('    check:', '    run: [ip -n anna route del default]\n    check:')
  const { code, stderr } = await session.netlab('up', session.file('stays.yaml', text))
  expect(code).toBe(1)
  expect(stderr).toContain('anna has no default route')
})

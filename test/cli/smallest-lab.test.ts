import { expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'

const smallest = `name: smallest
pods:
  a: {serve: 8080, labels: {app: web}}
  b:
services: [{name: web, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
`

it('a lab of five lines comes up, is verified, and is gone', async () => {
  const session = openSession()
  const file = session.file('smallest.yaml', smallest)
  expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
  const verified = await session.netlab('verify', '--json')
  expect(JSON.parse(verified.stdout)).toMatchObject({
    ok: true,
    services: [
      { service: 'default/web', from: 'host', ok: true, failed: 0 },
      { from: 'a', ok: true, failed: 0 },
      { from: 'b', ok: true, failed: 0 },
      { from: 'client', ok: true, failed: 0 },
    ],
  })
  expect(await session.netlab('down')).toMatchObject({ code: 0 })
  expect((await session.netlab('list', '--json')).stdout.trim()).toBe('[]')
})

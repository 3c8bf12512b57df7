import { expect, test } from 'vitest'
import { openSession, users } from '../labs/cli.ts'
import { ask, told } from './ask.ts'
import { hostileLab, view } from './lab.ts'

test.each(users)('serves the page to whoever has its address, and to nobody else; as %s', async user => {
  const session = openSession(user)
  const up = await session.netlab('up', session.file('lab.yaml', hostileLab), '--quiet')
  expect(up).toMatchObject({ code: 0, stderr: '' })
  const { running, printed, address } = await view(session)
  const { host, origin, pathname } = new URL(address)
  const json = { origin, 'content-type': 'application/json' }

  const page = await ask(address)
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining('in-browser.js') })
  const script = await ask(address, { path: `${pathname}in-browser.js` })
  expect(script).toMatchObject({ status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' } })
  const style = await ask(address, { path: `${pathname}drawing.css` })
  expect(style).toMatchObject({ status: 200, headers: { 'content-type': 'text/css; charset=utf-8' } })
  const headOnly = await ask(address, { method: 'HEAD' })
  expect(headOnly).toMatchObject({ status: 200, text: '' })

  const refused = await Promise.all([
    ask(address, { path: '/' }),
    ask(address, { path: '/in-browser.js' }),
    ask(address, { path: pathname.toUpperCase() }),
    ask(address, { headers: { host: 'evil.example' } }),
    ask(address, { headers: { host: `evil.example:${new URL(address).port}` } }),
    ask(address, { path: `${pathname}events`, headers: { origin: 'http://evil.example' } }),
    ask(address, { path: `${pathname}events`, headers: { 'sec-fetch-site': 'cross-site' } }),
    ask(address, { path: `${pathname}kill`, method: 'POST', body: '{"pod":"a"}' }),
    ask(address, {
      ...{ path: `${pathname}kill`, method: 'POST', body: '{"pod":"a"}' },
      headers: { ...json, origin: 'http://evil.example' },
    }),
    ask(address, { path: `/../${pathname}` }),
  ])
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403))
  const outside = await Promise.all(
    [
      '../package.json',
      '..%2fpackage.json',
      '%2e%2e/package.json',
      '/etc/passwd',
      'bin.js',
      'constructor',
    ].map(path => ask(address, { path: pathname + path })),
  )
  expect(outside.map(({ status }) => status)).toEqual(outside.map(() => 404))
  const put = await ask(address, { method: 'PUT', headers: json })
  expect(put).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } })

  const orders = (path: string, body: string) =>
    ask(address, { path: pathname + path, method: 'POST', headers: json, body })
  expect(await orders('send', '{')).toMatchObject({ status: 422, text: '{"what":"the order is no JSON"}' })
  expect(await orders('send', '{"from":1}')).toMatchObject({ status: 400 })
  expect(await orders('constructor', '{}')).toMatchObject({ status: 400 })
  expect(await orders('send', `{"from":"${'x'.repeat(70_000)}"}`)).toMatchObject({ status: 422 })
  const nobody = await orders('send', '{"from":"nobody","url":"10.0.0.11:8080"}')
  expect(nobody).toMatchObject({
    status: 400,
    text: expect.stringContaining('there is no place named nobody'),
  })
  const form = await ask(address, {
    ...{ path: `${pathname}kill`, method: 'POST', body: '{"pod":"a"}' },
    headers: { ...json, 'content-type': 'text/plain' },
  })
  expect(form).toMatchObject({ status: 415 })

  for (const { headers } of [page, script, ...refused, ...outside, put, nobody])
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      ),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  // Of all that was refused nothing was done.
  expect((await session.netlab('graph', '--format', 'json')).stdout).not.toContain('"not ready"')

  const events = ask(address, { path: `${pathname}events` })
  await session.netlab('down')
  const lines = (await events).text.split('\n\n').filter(each => each !== '')
  const last = JSON.parse(lines.at(-1)!.replace(/^data: /, ''))
  expect(last).toEqual({ kind: 'ended', words: 'small is down' })
  expect((await running).exitCode).toBe(0)
  expect(printed.text).toContain('small is down; there is nothing left to show')
  await expect(ask(address)).rejects.toThrow(/ECONNREFUSED/)
  expect(host).toMatch(/^127\.0\.0\.1:\d+$/)
})

test('Ctrl-C while the lab is built again leaves nothing half-built, and says what is left', async () => {
  const session = openSession()
  await session.netlab('up', session.file('lab.yaml', hostileLab), '--quiet')
  const { running, printed, address } = await view(session)
  const { origin, pathname } = new URL(address)
  const begun = told(address, 'the lab is built again')
  const mend = ask(address, {
    ...{ path: `${pathname}mend`, method: 'POST', body: '{}' },
    headers: { origin, 'content-type': 'application/json' },
  }).catch(error => error)
  await begun
  running.kill('SIGINT')
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  await mend
  const list = JSON.parse((await session.netlab('list', '--json')).stdout) as { state: string }[]
  expect(list.every(({ state }) => state === 'up')).toBe(true)
  expect(printed.text).toContain(list.length === 0 ? 'small is down' : 'small stays up')
})

test('Ctrl-C ends the page with all who read it, and the lab stays up', async () => {
  const session = openSession()
  await session.netlab('up', session.file('lab.yaml', hostileLab), '--quiet')
  const { running, printed, address } = await view(session, 'small')
  const { pathname, port } = new URL(address)
  const second = await session.netlab('view', '--port', port)
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('somebody else does') })
  const events = ask(address, { path: `${pathname}events` }).catch(error => error)
  running.kill('SIGINT')
  expect((await running).exitCode).toBe(130)
  await events
  expect(printed.text).toContain('the page has ended; small stays up')
  expect((await session.netlab('list', '--json')).stdout).toContain('"state": "up"')
})

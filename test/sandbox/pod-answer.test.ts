import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { podServer } from '../../src/sandbox/pod-answer.ts'

it('answers with as many bytes as it is asked for', async () => {
  const server = podServer('web').listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
    return answer.text()
  }
  const short = await ask('/')
  expect(short).toBe('you are talking to web (127.0.0.1), you are 127.0.0.1\n')
  for (const length of [short.length, short.length + 1, 100, 8000]) {
    const long = await ask(`/?bytes=${length}`)
    expect(long).toHaveLength(length)
    expect(long.startsWith(short) && long.endsWith('\n')).toBe(true)
  }
  for (const less of ['0', '10', 'many', '-8', '1e3']) expect(await ask(`/?bytes=${less}`)).toBe(short)
  expect(await ask('/?bytes=999999999')).toHaveLength(1_048_576)
  server.close()
})

import { expect, test } from 'vitest'
import { openEmptySandbox } from '../labs/empty-sandbox.ts'

test('tcpdump works in a sandbox as it is typed, though nobody can set groups there', async () => {
  const sandbox = await openEmptySandbox()
  const script = [
    'ip link set lo up',
    'timeout 60 tcpdump -ni any -c 1 udp port 9 > /tmp/seen 2> /tmp/said & pid=$!',
    'until grep -q "listening on" /tmp/said || ! kill -0 $pid; do sleep 0.1; done',
    'echo x > /dev/udp/127.0.0.1/9',
    'wait $pid || cat /tmp/said; cat /tmp/seen',
  ]
  expect(await sandbox.run(['bash', '-c', script.join('\n')])).toContain('127.0.0.1.9: UDP, length 2')
})

test('what it writes and reads is whole, in a pipe too', async () => {
  const sandbox = await openEmptySandbox()
  const script = [
    'ip link set lo up',
    'timeout 60 tcpdump -U -ni lo -c 1 -w - udp port 9 2> /tmp/said > /tmp/file & pid=$!',
    'until grep -q "listening on" /tmp/said || ! kill -0 $pid; do sleep 0.1; done',
    'echo x > /dev/udp/127.0.0.1/9',
    'wait $pid; tcpdump -nr - < /tmp/file 2> /dev/null',
  ]
  expect(await sandbox.run(['bash', '-c', script.join('\n')])).toContain('127.0.0.1.9: UDP, length 2')
})

test('for all other programs it is as it was', async () => {
  const sandbox = await openEmptySandbox()
  const said = await sandbox.run(['sh', '-c', 'setpriv --groups 0 true 2>&1 || true'])
  expect(said).toContain('setgroups')
})

import { expect, it } from 'vitest'
import type { Check, Expectation } from '../../src/model/lab.ts'
import { describeCheck } from '../../src/view/describe-check.ts'
import { curl } from './fixtures.ts'

function asking(...expect: Expectation[]): Check {
  return { ...curl('10.0.0.11:8080', 'host'), expect }
}

it('tells what a curl check asks for', () => {
  const told = [
    asking({ kind: 'answers', backends: [] }),
    asking({ kind: 'answers', backends: ['a', 'b'], status: 200, client: '10.0.0.1' }),
    asking({ kind: 'answers', backends: ['a'], body: 'hello' }),
    asking({ kind: 'answers', backends: ['a'], body: 'nginx answers 10\\.244\\.167\\.129' }),
    asking({ kind: 'answers', backends: ['a'], body: 'a|b' }),
    asking({ kind: 'fails', how: ['refused', 'timeout', 'unreachable'] }),
    asking({ kind: 'fails', how: ['refused', 'unreachable'] }),
    asking({ kind: 'fails', how: ['timeout'] }, { kind: 'answers', backends: ['a'] }),
    asking({ kind: 'stays', backends: [] }),
    asking({ kind: 'stays', backends: ['a', 'b'] }),
    { ...asking({ kind: 'shares', shares: { a: 0.5, b: 0.25 }, failed: 0.25 }), requests: 1000 } as Check,
  ].map(describeCheck)
  expect(told).toEqual([
    'curl 10.0.0.11:8080 from host: gets an answer',
    'curl 10.0.0.11:8080 from host: a or b answers with status 200 and sees the client as 10.0.0.1',
    'curl 10.0.0.11:8080 from host: a answers with a body like "…hello…"',
    'curl 10.0.0.11:8080 from host: a answers with a body like "…nginx answers 10.244.167.129…"',
    'curl 10.0.0.11:8080 from host: a answers with a body like /a|b/',
    'curl 10.0.0.11:8080 from host: fails',
    'curl 10.0.0.11:8080 from host: is refused or is unreachable',
    'curl 10.0.0.11:8080 from host: times out, or a answers',
    'curl 10.0.0.11:8080 from host: stays with one pod',
    'curl 10.0.0.11:8080 from host: stays with a or b',
    'curl 10.0.0.11:8080 from host, 1,000 times: a 50 %, b 25 %, 25 % fail',
  ])
})

it('tells what a command check asks for', () => {
  const check: Check = {
    kind: 'command',
    argv: ['grep', 'a b', 'x'],
    from: 'pod',
    within: 1,
    once: false,
    exit: 0,
  }
  expect(describeCheck(check)).toBe("grep 'a b' x in pod: exits with 0")
  const patterns = [
    ...['^no', '^1$', 'nameserver 8.8.8.8', '^n.*o$', '^10\\.0\\.0\\.1 via .* dev eth0 '],
    ...['^-P FORWARD DROP\\n?$', '-j DROP\\n.*-j KUBE-SEP-\\w+\\n', ' +[1-3] +\\d+', '^(?!a)', 'a?b', 'a|b'],
  ]
  expect(describeCheck({ ...check, exit: 0, output: '^(?!a)', says: 'no a' })).toBe(
    "grep 'a b' x in pod: exits with 0 and prints no a",
  )
  const printing = patterns.map(output => describeCheck({ ...check, exit: undefined, output }))
  expect(printing).toEqual([
    `grep 'a b' x in pod: fails and prints "no…"`,
    `grep 'a b' x in pod: fails and prints "1"`,
    `grep 'a b' x in pod: fails and prints "…nameserver 8.8.8.8…"`,
    `grep 'a b' x in pod: fails and prints "n…o"`,
    `grep 'a b' x in pod: fails and prints "10.0.0.1 via … dev eth0 …"`,
    `grep 'a b' x in pod: fails and prints "-P FORWARD DROP"`,
    `grep 'a b' x in pod: fails and prints "…-j DROP · …-j KUBE-SEP-… · …"`,
    "grep 'a b' x in pod: fails and prints / +[1-3] +\\d+/",
    "grep 'a b' x in pod: fails and prints /^(?!a)/",
    "grep 'a b' x in pod: fails and prints /a?b/",
    "grep 'a b' x in pod: fails and prints /a|b/",
  ])
  expect(describeCheck({ ...check, from: 'host' })).toBe("grep 'a b' x on host: exits with 0")
})

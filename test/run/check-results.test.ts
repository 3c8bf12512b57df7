import { expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'

const either = `name: either
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 8080}}
steps:
  - title: Ask
    check:
      - {curl: 10.0.0.11:8080, expect: [{fails: any, means: It fails.}, {backend: a, means: It answers.}]}
      - {curl: 10.0.0.11:81, expect: [{backend: a, means: It answers.}, {fails: refused, means: Nobody is there.}]}
`

it('a check of which several things may come says what the one means that came true', async () => {
  const session = openSession()
  const lab = session.file('either.yaml', either)
  const { code, stderr } = await session.netlab('up', lab)
  expect({ code, told: stderr.match(/^so .*/gm) }).toEqual({
    code: 0,
    told: ['so  It answers.', 'so  Nobody is there.'],
  })
  const { stdout } = await session.netlab('verify', 'either', '--json')
  const { checks } = JSON.parse(stdout) as { checks: { means?: string }[] }
  expect(checks.flatMap(({ means }) => means ?? [])).toEqual(['It answers.', 'Nobody is there.'])
})

const printing = `name: printing
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: 10.0.0.11/24}
steps:
  - title: Look
    check:
      - {command: seq 1000 1100, expect: {output: "^1050\\n1051$"}}
      - {command: "true", expect: {output: "^$"}}
      - {command: echo x, expect: {output: "^$"}, within: 0.1}
`

it('what a check of a command found is shown, also in the middle of much; and nothing is nothing', async () => {
  const session = openSession()
  const { code, stderr } = await session.netlab('up', session.file('printing.yaml', printing), '--verbose')
  expect(code).toBe(1)
  expect(stderr).toContain('# ✔ seq 1000 1100 on host: exits with 0 and prints: … · 1050 · 1051 · …')
  expect(stderr).toContain('# ✔ true on host: exits with 0, prints nothing')
  expect(stderr).toContain('# ✘ echo x on host: exits with 0 and prints: x')
})

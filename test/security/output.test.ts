import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openSession, users } from '../labs/cli.ts'

/** A program that answers every request with a body without end. */
const endlessServer = [
  'const answerOne = answer => { while (answer.write("y".repeat(65536))); answer.once("drain", () => answerOne(answer)) };',
  'require("http").createServer((_, answer) => answerOne(answer))',
  '.listen(8081)',
].join('')

/** A lab with two pods, and steps that do what they like. */
const lab = (first: object, ...steps: object[]) =>
  stringify({
    name: 'hostile',
    title: 'A lab that prints whatever it likes',
    bridge: { name: 'br0', address: '10.0.0.1/24' },
    pods: {
      a: { address: '10.0.0.11/24', serve: 8080 },
      b: { address: '10.0.0.12/24', command: ['node', '-e', endlessServer], ports: { http: 8081 } },
    },
    steps: [{ title: 'Build', build: ['network', 'servers'], ...first }, ...steps],
  })

const checked = (check: object) => lab({ check: [check] })
const script = (text: string) => `sh -c '${text}'`
const run = (text: string) => ({ run: script(text), undo: 'true' })

describe.each(users)('as %s', user => {
  const up = async (text: string) => {
    const session = openSession(user)
    const ended = await session.netlab('up', session.file('hostile.yaml', text), '--quiet')
    expect(session.leftFiles()).toEqual([])
    return ended
  }

  it("a check's command that goes on beyond its time is ended, and said to be", async () => {
    const { code, stderr } = await up(checked({ command: 'sleep 100000', within: 1 }))
    expect(code).toBe(1)
    expect(stderr).toMatch(/did not end within \d+ s, and was ended/)
  })

  it('a command that is to fail has not failed where it goes on', async () => {
    const { code, stderr } = await up(checked({ command: 'sleep 100000', within: 1, expect: 'fails' }))
    expect(code).toBe(1)
    expect(stderr).toMatch(/did not end within \d+ s, and was ended/)
  })

  it('a pattern that tries everything in every way is ended', async () => {
    const check = { command: `echo ${'a'.repeat(60)}b`, expect: { output: '^(a+)+$' } }
    const { code, stderr } = await up(checked(check))
    expect(code).toBe(1)
    expect(stderr).toContain('the pattern ^(a+)+$ is not through with 61 characters after 1 s')
  })

  it('a check whose command prints nothing but blanks is told at once', async () => {
    const blanks = script('head -c 900000 /dev/zero | tr "\\0" " "; echo x')
    const { code, stderr } = await up(checked({ command: blanks, within: 1, expect: { output: 'y' } }))
    expect(code).toBe(1)
    expect(stderr).toContain('exits with 0 and prints: x')
  })

  it('a run: that prints a gigabyte is carried out', async () => {
    const session = openSession(user)
    const text = lab({}, { title: 'Print', run: [run('head -c 1000000000 /dev/zero')] })
    const ended = await session.netlab('up', session.file('hostile.yaml', text), '--quiet')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('an HTTP answer without end is neither read for ever nor a status of its own', async () => {
    const check = { curl: '10.0.0.12:8081', within: 3, expect: { status: 200 } }
    const { code, stderr } = await up(checked(check))
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('an answer with status 200 began and did not end:'),
    })
    expect(stderr).not.toContain('NaN')
  })

  it('marks that netlab puts between batches cannot be printed by a lab', async () => {
    const lie = run('echo netlab-batch-done 99 >&2; echo netlab-batch-done 1 >&2; exit 3')
    const { code, stderr } = await up(
      lab({}, { title: 'Lie', run: [lie, 'iptables -N ONE', 'iptables -N TWO'] }),
    )
    expect(code).toBe(1)
    expect(stderr).toContain('exit code 3')
  })
})

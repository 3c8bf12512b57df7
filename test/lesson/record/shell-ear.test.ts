import { expect, it } from 'vitest'
import type { TypedLine } from '../../../src/lesson/events.ts'
import { ShellEar } from '../../../src/lesson/record/shell-ear.ts'

function ear() {
  const typed: TypedLine[] = []
  let printed = ''
  const listens = new ShellEar({ typed: line => typed.push(line), printed: text => (printed += text) })
  const [, secret = ''] = /7337;(\w+);/.exec(listens.env.PS0 ?? '') ?? []
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const mark = (line: string, place = '') =>
    `\u001b]7337;${secret};42 ${base64(`${place}\n`)}. ${base64('/tmp')}. ${base64(`   17  ${line}\n`)}\u0007`
  return { listens, typed, mark, printed: () => printed }
}

it('hears each line, and shows the terminal nothing of the mark, wherever it is cut in two', () => {
  const whole = ear()
  const text = `$ ip a\r\n${whole.mark('ip a', 'netns_011')}1: lo\r\n$ echo ä\r\n${whole.mark("echo 'ä\nb'")}ä\r\n`
  const bytes = Buffer.from(text)
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const { listens, typed, mark, printed } = ear()
    const own = Buffer.from(
      `$ ip a\r\n${mark('ip a', 'netns_011')}1: lo\r\n$ echo ä\r\n${mark("echo 'ä\nb'")}ä\r\n`,
    )
    const shown = Buffer.concat([listens.through(own.subarray(0, cut)), listens.through(own.subarray(cut))])
    expect(shown.toString()).toBe('$ ip a\r\n1: lo\r\n$ echo ä\r\nä\r\n')
    expect(printed()).toBe('$ ip a\r\n1: lo\r\n$ echo ä\r\nä\r\n')
    expect(typed).toEqual([
      { line: 'ip a', in: 'netns_011', folder: '/tmp', shell: 42 },
      { line: "echo 'ä\nb'", in: '', folder: '/tmp', shell: 42 },
    ])
  }
})

it('takes nothing for a mark that does not have its secret, and lets through a mark that never ends', () => {
  const { listens, typed, mark, printed } = ear()
  const forged = mark('rm -rf /').replace(/;\w+;/, ';0123456789abcdef01234567;')
  listens.through(Buffer.from(forged))
  expect(typed).toEqual([])
  expect(printed()).toBe(forged)
  const endless = mark('x').slice(0, -1) + 'x'.repeat(70_000)
  expect(listens.through(Buffer.from(endless)).toString()).toBe(endless)
})

import { expect, it } from 'vitest'
import { displayWidth } from '../../../src/view/display-width.ts'
import { openSession } from '../../labs/cli.ts'
import { key, Terminal } from '../lesson-terminal.ts'

/** A lesson whose texts are in both languages. */
const lesson = `name: two-languages
title: {en: A short lesson, zh: 一堂短课}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
steps:
  - title: {en: A look around, zh: 先看一看}
    build: [network, firewall, servers]
    why:
      en: The host knows the way to the pod.
      zh: 宿主机知道去 Pod 的路：网桥的地址和 Pod 在同一个网段里，所以内核自己就有一条路由，什么也不用添加。
    run: [ip route show dev br1]
    check: [{curl: "10.0.0.11:8080", expect: {backend: a, client: 10.0.0.1}}]
`

/** `last`: the last of the keys that are offered. */
async function press(terminal: Terminal, offered: string, last?: string): Promise<void> {
  await terminal.until(offered)
  if (last !== undefined) await terminal.until(last)
  terminal.type(key.enter)
}

it.each([80, 40])('LANG=zh_CN.UTF-8 leads through a lesson in Chinese, in %d columns', async columns => {
  const session = openSession()
  const file = session.file('two-languages.yaml', lesson)
  const terminal = new Terminal(session, ['walk', file], { columns, env: { LANG: 'zh_CN.UTF-8' } })
  await terminal.until('一堂短课')
  await terminal.until('── 1/1  先看一看 ─')
  await press(terminal, 'Enter 运行', 'q 退出')
  await terminal.until('10.0.0.0/24 proto kernel')
  await press(terminal, 'Enter 跳过')
  await terminal.until('✔ curl 10.0.0.11:8080（在 host 上）')
  await terminal.until('预期  a 回答，看到的客户端是')
  await terminal.until('实际  a 回答，看到的客户端是')
  await press(terminal, 'Enter 结束', 'q 退出')
  await terminal.until('全部符合预期')
  await press(terminal, 'Enter 拆除实验', 'b 回到课程')
  await terminal.until('什么也没有留下')
  expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  const lines = terminal.text.split('\n')
  // Keys are written over.
  const chinese = lines.filter(line => /\p{Script=Han}/u.test(line) && !/Enter |^q 退出/.test(line))
  expect(chinese.filter(line => displayWidth(line) > columns)).toEqual([])
  expect(chinese.filter(line => /^\s*[，。、）：；]/.test(line))).toEqual([])
  expect(session.leftFiles()).toEqual([])
})

it('--lang comes before LANG, and one that netlab does not speak is refused', async () => {
  const session = openSession()
  const file = session.file('two-languages.yaml', lesson)
  const english = await session.netlab('walk', file, '--yes', '--lang', 'en')
  expect(english).toMatchObject({ code: 0, stderr: '' })
  expect(english.stdout).toContain('A short lesson')
  expect(english.stdout).not.toMatch(/\p{Script=Han}/u)
  const chinese = await session.netlab('walk', file, '--yes', '--lang', 'zh')
  expect(chinese.stdout).toContain('一堂短课')
  const french = await session.netlab('walk', file, '--lang', 'fr')
  expect(french).toMatchObject({ code: 2, stdout: '' })
  expect(french.stderr).toContain('netlab speaks en and zh')
})

it('a lab that is up keeps its language, and a file of texts is no lab', async () => {
  const session = openSession()
  const plain = lesson.replace('{en: A look around, zh: 先看一看}', 'A look around')
  const file = session.file('two-languages.yaml', plain)
  const texts = session.file('two-languages.zh.yaml', 'steps: {A look around: {title: 看一看}}\n')
  expect(await session.netlab('up', file, '--quiet', '--lang', 'zh')).toMatchObject({ code: 0 })
  expect((await session.netlab('status')).stdout).toContain('看一看')
  expect(await session.netlab('down')).toMatchObject({ code: 0 })
  const valid = await session.netlab('validate', file, texts)
  expect(valid).toMatchObject({ code: 0, stderr: '' })
  expect(valid.stdout).toContain('also in zh')
  expect(valid.stdout.split('\n').filter(line => line.startsWith('✔'))).toHaveLength(1)
  const refused = await session.netlab('up', texts)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('these are the texts of two-languages.yaml')
})

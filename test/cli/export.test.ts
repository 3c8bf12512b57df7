import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'

it('writes a topology to a file, and says nothing', async () => {
  const session = openSession()
  const file = join(session.folder, 'two-pods.clab.yml')
  expect(await session.netlab('export', 'containerlab', 'two-pods', '--output', file)).toEqual({
    stdout: '',
    stderr: '',
    code: 0,
  })
  const shown = await session.netlab('export', 'containerlab', 'two-pods')
  expect(readFileSync(file, 'utf8')).toBe(shown.stdout)
  expect(shown.stdout).toContain('containerlab deploy -t two-pods.clab.yml')
})

it('takes the names of a class from a file or from standard input', async () => {
  const session = openSession()
  const list = session.file('class.txt', 'Anna Lee\n王小明\n')
  const argv = ['export', 'kubernetes', 'two-pods', '--namespace', 'class-2']
  const fromFile = await session.netlab(...argv, '--students', list)
  expect(fromFile).toMatchObject({ stderr: '', code: 0 })
  expect(fromFile.stdout).toContain('name: two-pods-anna-lee\n  namespace: class-2\n')
  const typed = await session.netlabWith({ input: '王小明\nAnna Lee\n' }, ...argv, '--students', '-')
  expect(typed.stdout).toContain('# 王小明\n')
})

it("leads students into a lab in the teacher's language", async () => {
  const { stdout } = await openSession().netlabWith(
    { input: '王小明\n', env: { LANG: 'zh_CN.UTF-8' } },
    ...['export', 'kubernetes', 'clusterip', '--students', '-'],
  )
  expect(stdout).toContain(' -- netlab walk clusterip --lang zh\n')
})

it('names the line of a list that cannot be used, and the file', async () => {
  const session = openSession()
  const list = session.file('class.txt', 'Anna\n"Bert\n')
  const { stderr, code } = await session.netlab('export', 'kubernetes', 'two-pods', '--students', list)
  expect({ stderr, code }).toEqual({ stderr: expect.stringContaining('class.txt:2'), code: 2 })
})

it.each([
  [['kubernetes', 'two-pods'], "required option '--students <file>' not specified"],
  [['kubernetes', 'two-pods', '--students', 'gone.txt'], 'the list of students cannot be read'],
  [
    ['kubernetes', 'two-pods', '--students', 'x', '--namespace', 'kube-system'],
    'give the class one of its own',
  ],
  [['kubernetes', 'two-pods', '--students', 'x', '--image', 'a b'], 'An image is named as docker names it'],
  [['kubernetes', 'ebpf-mode', '--students', '/dev/null'], 'is not a file'],
  [['containerlab', 'cni-ptp'], 'cni-ptp cannot be a topology of containers'],
  [['containerlab', 'two-podz'], 'there is no lab "two-podz"'],
  [['containerlab', 'two-pods', '-o', '/nowhere/x.yml'], '/nowhere/x.yml cannot be written'],
])('refuses %j with 2', async (argv, complaint) => {
  const { stdout, stderr, code } = await openSession().netlab('export', ...argv)
  expect({ stdout, stderr: stderr.replaceAll(/\s+/g, ' '), code }).toEqual({
    stdout: '',
    stderr: expect.stringContaining(complaint),
    code: 2,
  })
})

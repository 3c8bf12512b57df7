import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../../src/lesson/record/chain.ts'
import { isEntry } from '../../../src/lesson/record/entries.ts'
import { parseRecord } from '../../../src/lesson/record/read-record.ts'
import { openSession, type Session, users } from '../../labs/cli.ts'
import { key, Terminal } from '../lesson-terminal.ts'
import { begin, recordText, type Timed } from './records.ts'

/** A lesson that asks once, and whose second step goes by what was typed after the first. */
const lab = `name: small
title: A small lesson
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.12/24}
steps:
  - title: All of it
    build: [network, forwarding, firewall, servers]
    check: [{curl: "10.0.0.12:8080", from: a, expect: refused}]
  - title: A look
    check: [{curl: "10.0.0.11:8080", from: b, expect: {backend: a}}]
`

const linesOf = (session: Session, file: string) =>
  readFileSync(join(session.folder, file), 'utf8').trimEnd().split('\n')

/** A record as a lesson that goes well would write it, of a student who types such lines after its first step. */
function claimed(student: string, pace: number, typed: readonly string[] = []): string {
  const done = (step: number): Timed[] => [
    [pace, { kind: 'step', step }],
    [pace, { kind: 'done', step, ok: true, checks: [] }],
  ]
  return recordText([
    begin(student, { lab: 'small', text: hashOf(`${lab.length}\n${lab}`), steps: ['All of it', 'A look'] }),
    ...done(0),
    ...typed.map((line): Timed => [pace, { kind: 'typed', line, in: '', folder: '/', shell: 7 }]),
    ...done(1),
    [pace, { kind: 'end', how: 'finished', steps: 2, kept: false }],
  ])
}

/** A folder with such files. */
function folderOf(session: Session, files: Readonly<Record<string, string>>): string {
  const folder = join(session.folder, 'records')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

interface Graded {
  ok: boolean
  records: { file: string; doubts: { kind: string }[]; again?: { state: string; words: string } }[]
}

async function gradeOf(session: Session, ...argv: string[]): Promise<Graded> {
  const { stdout, stderr } = await session.netlab('grade', ...argv, '--format', 'json')
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Graded
}

const stateOf = ({ records }: Graded) =>
  Object.fromEntries(
    records.map(({ file, again }) => [file, again?.state === 'not built' ? again.words : again?.state]),
  )

describe.each(users)('a record of %s', user => {
  it('has what was foretold, and each line with its place; built again the lab ends as it says', async () => {
    const session = openSession(user)
    const file = session.file('small.yaml', lab)
    const terminal = new Terminal(session, [
      'walk',
      file,
      '--down',
      '--record',
      'anna.jsonl',
      '--student',
      'anna',
    ])
    await terminal.press('Enter run', key.enter)
    await terminal.until('Enter skip')
    terminal.type('1')
    await terminal.press('Enter go on', 's')
    await terminal.until('host]# ')
    terminal.type('ip netns exec b bash\r')
    await terminal.until('# ')
    terminal.type('cd /tmp && touch mine\r')
    await terminal.until('# ')
    terminal.type('exit\r')
    await terminal.until('host]# ')
    terminal.type("ip netns add mine; echo 'and out' && exit\r")
    await terminal.press('Enter go on', key.enter)
    await terminal.press('Enter try', key.enter)
    await terminal.press('Enter finish', key.enter)
    await terminal.until('The record is written to anna.jsonl')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(terminal.text).not.toContain('7337')

    const text = linesOf(session, 'anna.jsonl').join('\n')
    const record = parseRecord(`${text}\n`, 'anna.jsonl')
    if ('refusal' in record) throw new Error(record.refusal)
    expect(record.doubts).toEqual([])
    const typed = record.entries.flatMap(entry =>
      entry.kind === 'typed' ? [[entry.in, entry.folder, entry.line]] : [],
    )
    expect(typed).toEqual([
      ['', '/', 'ip netns exec b bash'],
      ['b', '/', 'cd /tmp && touch mine'],
      ['b', '/tmp', 'exit'],
      ['', '/', "ip netns add mine; echo 'and out' && exit"],
    ])
    expect(record.entries.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'begin',
        'step',
        'asked',
        'done',
        'judged',
        'shell',
        'printed',
        'shell-left',
        'end',
      ]),
    )
    const folder = folderOf(session, { 'anna.jsonl': `${text}\n` })
    const { code, stdout } = await session.netlab('grade', folder, '--lab', file)
    expect(stdout).toMatch(/anna {2}.* of 1 .*finished +holds/)
    expect(stdout).toContain('1 record; none is doubtful')
    expect(code).toBe(0)
    expect(session.leftFiles()).toEqual([])
  })
})

describe('an end state', () => {
  it('is told where it is not as a record claims, and where hostile lines do harm to nobody but its lab', async () => {
    const session = openSession()
    const file = session.file('small.yaml', lab)
    const folder = folderOf(session, {
      'good.jsonl': claimed('good', 1000, ['ip netns add mine']),
      'liar.jsonl': claimed('liar', 1100, ['ip link set dev veth_a down']),
      'slow.jsonl': claimed('slow', 1200, ['sleep 1000', 'ip link set dev veth_a down']),
      'evil.jsonl': claimed('evil', 1300, [
        `touch '${session.folder}/out'`,
        `rm -rf '${session.folder}'`,
        'kill -9 -1',
      ]),
    })
    const report = await gradeOf(session, folder, '--lab', file)
    expect(stateOf(report)).toMatchObject({ 'good.jsonl': 'holds', 'liar.jsonl': 'differs' })
    expect(report.ok).toBe(false)
    const [liar] = report.records.filter(each => each.file === 'liar.jsonl')
    expect(liar?.again?.words).toMatch(/10\.0\.0\.11:8080/)
    expect(existsSync(join(session.folder, 'out'))).toBe(false)
    expect(existsSync(folder)).toBe(true)
    expect(session.leftFiles()).toEqual([])
  })

  it('of a task is what its goal comes to, by what was typed or by its solution', async () => {
    const session = openSession()
    const text = `name: mend
title: A cable that is down
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
steps:
  - title: All of it
    build: [network, forwarding, firewall, servers]
  - title: Mend it
    task: Let the pod answer again.
    start: [ip link set dev veth_a down]
    goal: [{curl: "10.0.0.11:8080"}]
    hints: [Look at the links.]
    solution: [ip link set dev veth_a up]
`
    const file = session.file('mend.yaml', text)
    const of = (student: string, pace: number, ...work: Timed[]) =>
      recordText([
        begin(student, {
          ...{ lab: 'mend', text: hashOf(`${text.length}\n${text}`) },
          ...{ steps: ['All of it', 'Mend it'], tasks: [1] },
        }),
        [pace, { kind: 'step', step: 0 }],
        [pace, { kind: 'done', step: 0, ok: true, checks: [] }],
        [pace, { kind: 'step', step: 1 }],
        [pace, { kind: 'done', step: 1, ok: true, checks: [] }],
        [pace, { kind: 'goal', step: 1, reached: false, checks: [] }],
        ...work,
      ])
    const typed = (line: string): Timed => [100, { kind: 'typed', line, in: '', folder: '/', shell: 9 }]
    const reached: Timed = [100, { kind: 'goal', step: 1, reached: true, checks: [] }]
    const folder = folderOf(session, {
      'typed.jsonl': of(
        'typed',
        1000,
        [50, { kind: 'hint', step: 1, number: 1 }],
        typed('ip link set veth_a up'),
        reached,
      ),
      'shown.jsonl': of('shown', 1100, [50, { kind: 'solution', step: 1 }], reached),
      'claimed.jsonl': of('claimed', 1200, reached),
      'open.jsonl': of('open', 1300, typed('ip link set veth_b up')),
    })
    const report = await gradeOf(session, folder, '--lab', file)
    expect(stateOf(report)).toEqual({
      'typed.jsonl': 'holds',
      'shown.jsonl': 'holds',
      'claimed.jsonl': 'differs',
      'open.jsonl': 'fails',
    })
    const { stdout } = await session.netlab('grade', folder, '--lab', file, '--no-rebuild')
    expect(stdout).toMatch(/typed +· +R1/)
    expect(stdout).toMatch(/shown +· +S /)
    expect(stdout).toMatch(/open +· +O /)
  })

  it('is built once for all records that end in it: a class of twenty is graded with few labs', async () => {
    const session = openSession()
    const file = session.file('small.yaml', lab)
    const texts = Array.from({ length: 20 }, (_, at) => [
      `student-${at}.jsonl`,
      claimed(`student ${at}`, 1000 + 37 * at, at < 3 ? [`ip netns add n${at}`] : []),
    ])
    const folder = folderOf(session, Object.fromEntries(texts))
    const report = await gradeOf(session, folder, '--lab', file)
    expect(report.records).toHaveLength(20)
    expect(report.records.flatMap(({ doubts }) => doubts)).toEqual([])
    expect(new Set(Object.values(stateOf(report)))).toEqual(new Set(['holds']))
    expect(report.ok).toBe(true)
  })
})

describe('netlab grade', () => {
  it('marks a record of another text, leaves labs that it does not know, and tells files that are no records', async () => {
    const session = openSession()
    const file = session.file('small.yaml', `${lab}# as the teacher has it\n`)
    const folder = folderOf(session, { 'a.jsonl': claimed('a', 1000), 'no.jsonl': 'x\n', 'other.txt': 'x' })
    const known = await session.netlab('grade', folder, '--lab', file, '--no-rebuild')
    expect(known.code).toBe(1)
    expect(known.stdout).toContain('another lab: its lab small has another text than yours')
    expect(known.stdout).toContain('no.jsonl  is no record')
    const unknown = await session.netlab('grade', folder)
    expect(unknown.stdout).toContain('its lab is not known here: give it with --lab FILE')
  })

  it('lets nothing of a record get out of its table', async () => {
    const session = openSession()
    const evil = '\u001b]0;x\u0007<script>alert(1)</script>=cmd|x,"\n'
    const folder = folderOf(session, { 'a.jsonl': claimed(evil, 1000) })
    const shown = async (format: string) =>
      (await session.netlab('grade', folder, '--no-rebuild', '--format', format)).stdout
    for (const format of ['text', 'csv', 'html', 'junit', 'json'])
      for (const text of ['\u001b', '\u0007']) expect(await shown(format), format).not.toContain(text)
    for (const format of ['html', 'junit']) expect(await shown(format), format).not.toContain('<script')
    expect((await shown('csv')).split('\n')).toHaveLength(4)
  })

  it('says with exit code 2 that there are no records', async () => {
    const session = openSession()
    expect(await session.netlab('grade', session.folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--record FILE.jsonl'),
    })
    expect(await session.netlab('grade', join(session.folder, 'nowhere'))).toMatchObject({ code: 2 })
  })
})

describe('netlab walk --record FILE.jsonl', () => {
  it('writes what happens as it happens, so that a lesson that is killed leaves a record', async () => {
    const session = openSession()
    const file = session.file('small.yaml', lab)
    const terminal = new Terminal(session, ['walk', file, '--record', 'cut.jsonl'])
    await terminal.press('Enter run', key.enter)
    await terminal.until('Enter skip')
    expect(linesOf(session, 'cut.jsonl').map(line => JSON.parse(line).kind)).toEqual(['begin', 'step'])
    terminal.type(key.ctrlC)
    await terminal.until('interrupted')
    expect(linesOf(session, 'cut.jsonl').map(line => JSON.parse(line).kind)).toEqual(['begin', 'step', 'end'])
  })

  it('overwrites nothing, and takes --student for such a record only', async () => {
    const session = openSession()
    const file = session.file('small.yaml', lab)
    session.file('there.jsonl', 'mine\n')
    const argv = ['walk', file, '--yes', '--record']
    expect(await session.netlab(...argv, 'there.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is there already'),
    })
    expect(linesOf(session, 'there.jsonl')).toEqual(['mine'])
    expect(await session.netlab(...argv, 'x.md', '--student', 'anna')).toMatchObject({ code: 2 })
    expect(existsSync(join(session.folder, 'x.md'))).toBe(false)
    expect(await session.netlab(...argv, 'there.jsonl', '--force')).toMatchObject({ code: 0 })
    expect(linesOf(session, 'there.jsonl').every(line => isEntry(JSON.parse(line)))).toBe(true)
  })
})

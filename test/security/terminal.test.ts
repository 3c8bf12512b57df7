import { readlinkSync } from 'node:fs'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session, users } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'
import { key, Terminal } from '../lesson/lesson-terminal.ts'

const lab = `name: typed
title: A lab that is typed at
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: 10.0.0.11/24}
steps: []
`
const ctrlZ = '\u001a'

describe.each(users)('a terminal of %s', user => {
  let session: Session
  const onTerminal = (argv: readonly string[], options = {}) => new Terminal(session, argv, options)

  const running = (verb: string) =>
    processesOf(session.stateDir).find(({ command }) =>
      new RegExp(`^\\S*node\\S* \\S+bin\\.js ${verb} `).test(command),
    )!

  beforeAll(async () => {
    session = new Session(user)
    expect(await session.netlab('up', session.file('typed.yaml', lab))).toMatchObject({ code: 0 })
  })
  afterAll(() => session.end())

  it('is typed into by nobody in a lab', async () => {
    const type = 'for (split //, "echo gotcha\\n") { ioctl(STDIN, 0x5412, $_) or print "refused\\n" }'
    const after = `echo 'now you'; read -r line; echo "read <$line>"`
    const terminal = onTerminal(['exec', '--', 'perl', '-e', type], { after })
    await terminal.until('now you')
    terminal.type('mine\r')
    await terminal.until('read <mine>')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  })

  it('is none of a program in a lab, which has another one', async () => {
    const link = 'readlink /proc/self/fd/0'
    const terminal = onTerminal(['exec', '--', ...link.split(' ')], { after: link })
    const [inside, outside] = (await terminal.until('exit code')).match(/\/dev\/pts\/\d+/g) ?? []
    expect(outside).toBeDefined()
    expect(inside).not.toBe(outside)
  })

  it('is out of reach where stdin, stdout and stderr are redirected', async () => {
    const redirected = `"$0" "$@" < /dev/null 2>&1 | cat`
    const look = ['exec', '--', 'sh', '-c', 'echo gotcha > /dev/tty; echo looked']
    const words = ['sh', '-c', redirected, process.execPath, ...session.command(look)]
    const line = words.map(word => `'${word}'`).join(' ')
    const { stdout } = await session.startProgram(['script', '-qec', line, '/dev/null'])
    expect(stdout).toContain('looked')
    expect(stdout).not.toMatch(/^gotcha/m)
  })

  it('gives its size, and each later one, to the one inside', async () => {
    const script = 'trap "stty size; exit" WINCH; stty size; while :; do sleep 0.1; done'
    const terminal = onTerminal(['exec', '--', 'bash', '-c', script], { columns: 91, rows: 33 })
    await terminal.until('33 91')
    await execa('stty', ['-F', readlinkSync(`/proc/${running('exec').pid}/fd/0`), 'columns', '47'])
    await terminal.until('33 47')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  })

  it('lets a program that Ctrl-C ends have its last words', async () => {
    const script = 'trap "echo last words; exit 3" INT; echo ready; while :; do sleep 0.1; done'
    const terminal = onTerminal(['exec', '--', 'sh', '-c', script])
    await terminal.until('ready')
    terminal.type(key.ctrlC)
    await terminal.until('last words')
    expect(await terminal.ended()).toEqual({ code: 3, restored: true })
  })

  it('has job control in a shell', async () => {
    const terminal = onTerminal(['shell', 'a'])
    await terminal.until('[typed a]# ')
    const woken = '$| = 1; $SIG{CONT} = sub { print "wo", "ken" }; print "re", "ady"; sleep 1 while 1'
    terminal.type(`perl -e '${woken}'\r`)
    await terminal.until('ready')
    terminal.type(ctrlZ)
    await terminal.until('Stopped')
    terminal.type('fg\r')
    await terminal.until('woken')
    terminal.type(key.ctrlC)
    await terminal.until('[typed a]# ')
    terminal.type('exit 4\r')
    expect(await terminal.ended()).toEqual({ code: 4, restored: true })
  })

  it('is given back as it was when netlab is ended', async () => {
    const terminal = onTerminal(['exec', '--', 'sh', '-c', 'echo ready; exec sleep 1000'])
    await terminal.until('ready')
    process.kill(running('exec').pid, 'SIGTERM')
    expect(await terminal.ended()).toEqual({ code: 143, restored: true })
  })
})

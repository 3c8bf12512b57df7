import { existsSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { openSession, users } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'
import { key, Terminal } from './lesson-terminal.ts'
import { broken, endless, service, short } from './lessons.ts'

describe.each(users)('a lesson walked by %s', user => {
  it('shows each step, runs it at Enter, and goes to the next one at Enter', async () => {
    const session = openSession(user)
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    for (const step of ['1/5', '2/5', '3/5']) {
      await terminal.until(`── ${step}`)
      await terminal.press('Enter run', key.enter)
      await terminal.press('Enter go on', key.enter)
    }
    const shown = await terminal.press('Enter run', key.enter)
    expect(shown).toContain('The host knows the way to the pod.\n\n$ ip route show dev br1\n')
    expect(shown).not.toContain('proto kernel')
    const pressed = await terminal.press('Enter go on', key.enter)
    // On a busy machine a line moves while the command runs.
    const ran = pressed.replaceAll(/^. (running|trying check \d of \d)\n/gm, '')
    expect(ran).toContain('$ ip route show dev br1\n  10.0.0.0/24 proto kernel scope link src 10.0.0.1')
    expect(ran).toContain('observed  a answered and saw the client as 10.0.0.1')
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter finish', key.enter)
    await terminal.until('short, walked to its end: 5 steps,')
    await terminal.until('all as expected')
    await terminal.until('k keep it up')
    terminal.type('k')
    await terminal.until('short is up.')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(await session.netlab('verify', '--quiet', '--requests', '60')).toMatchObject({
      code: 0,
      stdout: '',
    })
  })
})

describe('the keys of a lesson', () => {
  it('b goes to the step before, in a new sandbox; on the first step there is no way back', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short), '--down'])
    expect(await terminal.press('Enter run', key.enter)).not.toContain('b back')
    await terminal.press('Enter go on', key.enter)
    await terminal.until('── 2/5')
    await terminal.press('Enter run', 'b')
    await terminal.until('Built again from the start')
    await terminal.until('── 1/5')
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', 'q')
    await terminal.until('short: 1 of 5 steps')
    await terminal.until('short is down')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(session.leftFiles()).toEqual([])
  })

  it('s opens a shell in the lab, and r builds the lab again without what was typed there', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short), '--down'])
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', 's')
    await terminal.until('[short host]# ')
    terminal.type('ip netns add by-hand; ip netns\r')
    await terminal.until('by-hand; ip netns')
    expect(await terminal.until('[short host]# ')).toContain('by-hand\n')
    terminal.type(key.ctrlC)
    await terminal.until('[short host]# ')
    terminal.type('exit\r')
    await terminal.press('Enter go on', 'r')
    await terminal.until('Built again from the start')
    await terminal.press('Enter run', 's')
    await terminal.until('[short host]# ')
    terminal.type('ip netns | grep -c hand\r')
    await terminal.until('-c hand')
    expect(await terminal.until('[short host]# ')).toContain('\n0\n')
    terminal.type('exit\r')
    await terminal.press('Enter run', 'q')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(session.leftFiles()).toEqual([])
  })

  it('u unfolds what every node has, before the step and after it', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('service.yaml', service), '--down'])
    const preview = await terminal.press('u unfold', key.enter)
    expect(preview).toMatch(/… \d+ commands: what every node has, whatever its services\n/)
    await terminal.until('what every node has, whatever its services (u shows them)')
    const run = await terminal.press('u unfold', 'u')
    expect(run).toContain(
      '# 10.96.0.1:80 is the cluster IP of default/web\n$ iptables -t nat -A KUBE-SERVICES ',
    )
    expect(run).not.toContain('-N KUBE-FORWARD')
    const unfolded = await terminal.press('Enter finish', 'r')
    expect(unfolded).toContain('# a new chain, which every node has\n$ iptables -t filter -N KUBE-FORWARD\n')
    await terminal.press('u unfold', 'u')
    await terminal.until('$ iptables -t filter -N KUBE-FORWARD')
    expect(await terminal.press('Enter run', key.enter)).not.toContain('unfold')
    await terminal.until('what every node has, whatever its services (shown above)')
    expect(await terminal.press('Enter finish', key.enter)).not.toContain('unfold')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  })

  it('t follows what a check has asked, and g draws the lab as it is by then', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short), '--down'])
    expect(await terminal.press('Enter run', key.enter)).not.toContain('trace')
    expect(await terminal.press('Enter go on', 'g')).not.toContain('t trace')
    const drawn = await terminal.press('Enter go on', key.enter)
    expect(drawn).toContain('br1 10.0.0.1/24')
    // What later steps make is not missing yet.
    expect(drawn).not.toMatch(/✘|by hand/)
    for (let step = 2; step <= 3; step += 1) {
      await terminal.press('Enter run', key.enter)
      await terminal.press('Enter go on', step === 3 ? 't' : key.enter)
    }
    const traced = await terminal.press('Enter go on', 'q')
    expect(traced).toContain('$ netlab trace host 10.0.0.11:8080\n')
    expect(traced).toContain('The request: 10.0.0.1:')
    expect(traced).toMatch(/✔ a answers with status 200, and sees 10\.0\.0\.1 as its\s+client/)
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(session.leftFiles()).toEqual([])
  })

  it('q asks what becomes of the lab, and b goes on with the lesson', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    await terminal.press('Enter run', 'q')
    await terminal.until('k keep it up')
    terminal.type('b')
    await terminal.until('── 1/5')
    await terminal.press('Enter run', 'q')
    await terminal.until('Enter take it down')
    terminal.type(key.enter)
    await terminal.until('short is down')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    expect(session.leftFiles()).toEqual([])
  })

  it('what fails is shown with all that is known, and the lesson goes on', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('broken.yaml', broken), '--down'])
    for (let step = 1; step <= 2; step += 1) {
      await terminal.press('Enter run', key.enter)
      await terminal.press('Enter go on', key.enter)
    }
    await terminal.press('Enter run', key.enter)
    const command = await terminal.press('Enter go on', key.enter)
    expect(command).toContain('exit code 1:\n    Cannot find device "nosuch"\n')
    expect(command).toContain('The step ends here: 1 command and its checks were left out.')
    expect(command).toContain('✘ step 3 did not do what it should.')
    await terminal.press('Enter try', key.enter)
    expect(await terminal.press('Enter go on', key.enter)).toContain(
      '✘ false on host\n    expected  exits with 0',
    )
    await terminal.press('Enter run', key.enter)
    expect(await terminal.press('Enter finish', key.enter)).not.toContain('never')
    await terminal.until('2 steps failed')
    expect(await terminal.ended()).toEqual({ code: 1, restored: true })
  })

  it('is readable in 40 columns, and in a window of eight rows', async () => {
    const session = openSession()
    const argv = ['walk', session.file('short.yaml', short), '--down']
    const terminal = new Terminal(session, argv, { columns: 40, rows: 8 })
    expect(await terminal.press('Enter run', key.enter)).toMatch(/… and \d+ more commands/)
    await terminal.press('Enter go on', 'q')
    expect(await terminal.ended()).toEqual({ code: 0, restored: true })
    const prose = terminal.text.split('\n').filter(line => !/^[$]|^\d|hosts|^tee|localhost/.test(line))
    expect(prose.filter(line => line.length > 40)).toEqual([])
  })
})

describe('a lesson that is broken off', () => {
  it('by Ctrl-C while it waits: the lab is down and the terminal as before', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short), '--keep'])
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', key.ctrlC)
    await terminal.until('interrupted; short is taken down and nothing is left')
    expect(await terminal.ended()).toEqual({ code: 130, restored: true })
    expect(session.leftFiles()).toEqual([])
    expect(processesOf(session.stateDir)).toEqual([])
  })

  it('by Ctrl-C while a command runs', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('endless.yaml', endless)])
    for (let step = 1; step <= 2; step += 1) {
      await terminal.press('Enter run', key.enter)
      await terminal.press('Enter go on', key.enter)
    }
    await terminal.press('Enter run', key.enter)
    await terminal.until('$ sleep 1000')
    terminal.type(key.ctrlC)
    expect(await terminal.ended()).toEqual({ code: 130, restored: true })
    expect(session.leftFiles()).toEqual([])
    expect(processesOf(session.stateDir)).toEqual([])
  })

  it('by SIGTERM while a shell is open', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    await terminal.press('Enter run', 's')
    await terminal.until('[short host]# ')
    process.kill(walkOf(session.stateDir), 'SIGTERM')
    expect(await terminal.ended()).toEqual({ code: 130, restored: true })
    expect(session.leftFiles()).toEqual([])
  })

  it('by closing the window', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    await terminal.press('Enter run', key.enter)
    await terminal.until('Enter go on')
    terminal.close()
    await vi.waitFor(() => expect(processesOf(session.stateDir)).toEqual([]), { timeout: 60_000 })
    expect(session.leftFiles()).toEqual([])
  })

  it('by kill -9: down --all removes what is left', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    await terminal.press('Enter run', key.enter)
    await terminal.until('Enter go on')
    process.kill(walkOf(session.stateDir), 'SIGKILL')
    expect((await terminal.ended()).code).toBe(137)
    expect(await session.netlab('down', '--all')).toMatchObject({ code: 0 })
    expect(session.leftFiles()).toEqual([])
    expect(processesOf(session.stateDir)).toEqual([])
  })

  it('by taking the lab down from elsewhere', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    await terminal.press('Enter run', key.enter)
    await terminal.until('Enter go on')
    expect(await session.netlab('down', 'short')).toMatchObject({ code: 0 })
    expect(await terminal.ended()).toEqual({ code: 130, restored: true })
    expect(session.leftFiles()).toEqual([])
  })

  it('by the death of the sandbox: that is not told as a failure of the lab', async () => {
    const session = openSession()
    const terminal = new Terminal(session, ['walk', session.file('short.yaml', short)])
    await terminal.press('Enter run', key.enter)
    await terminal.until('Enter go on')
    const [lab] = JSON.parse((await session.netlab('list', '--json')).stdout)
    process.kill(lab.pid, 'SIGKILL')
    // It takes its time to die: all of its processes go before it.
    await expect.poll(() => existsSync(`/proc/${lab.pid}`), { timeout: 60_000 }).toBe(false)
    terminal.type(key.enter)
    await terminal.press('Enter run', key.enter)
    await terminal.until('the sandbox of short has died')
    expect(await terminal.ended()).toEqual({ code: 1, restored: true })
    expect(session.leftFiles()).toEqual([])
  })
})

function walkOf(stateDir: string): number {
  const found = processesOf(stateDir).find(({ command }) => /^\S*node\S* \S+bin\.js walk /.test(command))
  if (found === undefined) throw new Error('no lesson is running')
  return found.pid
}

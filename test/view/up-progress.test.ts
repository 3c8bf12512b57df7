import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTerminal } from '../../src/view/terminal.ts'
import { openUpProgress, type UpProgress } from '../../src/view/up-progress.ts'
import { command, FakeStream, failedCheck, heldCheck, stepResult, steps } from './fixtures.ts'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

function open(isTTY: boolean, options: { quiet?: boolean; verbose?: boolean; width?: number } = {}) {
  const err = new FakeStream(isTTY, options.width)
  const out = new FakeStream(false)
  const terminal = openTerminal({ out, err, env: { NO_COLOR: '1' }, ...options })
  return { out, err, progress: openUpProgress(terminal, steps) }
}

function runAll(progress: UpProgress): void {
  for (const [index, step] of steps.entries()) {
    progress.hear({ kind: 'step-started', index, step })
    const commands = step.actions.slice(0, 2).map(a => a.command)
    if (commands.length > 0)
      progress.hear({ kind: 'commands-ran', index, first: 0, commands, ms: 12.4, output: '' })
    progress.hear({ kind: 'step-done', index, result: stepResult(index, { ok: index !== 3 }) })
  }
}

describe('progress off a terminal', () => {
  it('is a line per finished step, on stderr', async () => {
    const { out, err, progress } = open(false)
    runAll(progress)
    await progress.stop()
    expect(out.text).toBe('')
    expect(err.text).toMatchInlineSnapshot(`
      "ok  1/4 Forwarding  1 command  12 ms
      ok  2/4 Two pods on a bridge  14 commands  34 ms
      ok  3/4 Reach each pod directly  4 checks  3.2 ms
      failed  4/4 A virtual IP with one DNAT rule  1 command, 2 checks  1.8 s
      "
    `)
  })

  it('says what it means that this of several things has come true', async () => {
    const checks = [heldCheck, { ...heldCheck, means: 'On this kernel the old way still works.' }]
    for (const isTTY of [false, true]) {
      const { err, progress } = open(isTTY)
      progress.hear({ kind: 'step-started', index: 0, step: steps[0]! })
      progress.hear({ kind: 'step-done', index: 0, result: stepResult(0, { checks }) })
      await progress.stop()
      const lines = err.text.trimEnd().split('\n')
      expect(lines.slice(1)).toEqual([
        isTTY ? '  On this kernel the old way still works.' : 'so  On this kernel the old way still works.',
      ])
    }
  })

  it('tells which step was stopped', async () => {
    const { err, progress } = open(false)
    progress.hear({ kind: 'step-started', index: 0, step: steps[0]! })
    await progress.stop()
    await progress.stop()
    expect(err.text).toMatchInlineSnapshot(`
      "stopped  1/4 Forwarding  1 command
      "
    `)
  })

  it('is nothing with --quiet', async () => {
    const { err, progress } = open(true, { quiet: true })
    runAll(progress)
    await progress.stop()
    expect(err.text).toBe('')
  })
})

describe('--verbose', () => {
  it('shows each command as it can be pasted, all else as comments', async () => {
    const { err, progress } = open(true, { verbose: true })
    runAll(progress)
    const commands = [{ argv: ['tee', '/etc/hosts'], in: 'host', input: 'a b\n' }]
    const output = 'line 1\nline 2\n'
    progress.hear({ kind: 'commands-ran', index: 3, first: 0, commands, ms: 1.2, output })
    progress.hear({ kind: 'check-done', index: 3, result: heldCheck, done: 1, count: 2 })
    progress.hear({ kind: 'check-done', index: 3, result: failedCheck, done: 2, count: 2 })
    await progress.stop()
    expect(err.text).toMatchInlineSnapshot(`
      "# 1/4 Forwarding
      sysctl -w net.ipv4.ip_forward=1  # 12 ms
      # ok  1/4 Forwarding  1 command  12 ms
      # 2/4 Two pods on a bridge
      ip -n netns_011 link set eth0 up
      ip -n netns_011 link set eth0 up  # 12 ms for 2 commands in one batch
      # ok  2/4 Two pods on a bridge  14 commands  34 ms
      # 3/4 Reach each pod directly
      # ok  3/4 Reach each pod directly  4 checks  3.2 ms
      # 4/4 A virtual IP with one DNAT rule
      iptables --table nat --new HTTP-SERVICE  # 12 ms
      # failed  4/4 A virtual IP with one DNAT rule  1 command, 2 checks  1.8 s
      tee /etc/hosts >/dev/null <<'END'
      a b
      END
      # 1.2 ms
      #   line 1
      #   line 2
      # ✔ curl 10.100.100.100:8080 from host: netns_011 answered  3.1 ms
      # ✘ curl 10.100.100.100:8080 from netns_011: timed out after 0.5 s  500 ms
      "
    `)
  })
})

describe('progress on a terminal', () => {
  // The spinner's code is loaded when a step is slow; no time of a clock that the tests hold may pass meanwhile.
  beforeAll(async () => {
    await import('listr2')
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('leaves quick steps in columns, without ever moving the cursor', async () => {
    const { err, progress } = open(true)
    runAll(progress)
    await progress.stop()
    expect(err.text).toMatchInlineSnapshot(`
      "✔ Forwarding                        1 command             12 ms
      ✔ Two pods on a bridge             14 commands            34 ms
      ✔ Reach each pod directly           4 checks             3.2 ms
      ✘ A virtual IP with one DNAT rule   1 command, 2 checks   1.8 s
      "
    `)
  })

  it('drops the counts in 40 columns', async () => {
    const { err, progress } = open(true, { width: 40 })
    runAll(progress)
    await progress.stop()
    expect(err.text).toMatchInlineSnapshot(`
      "✔ Forwarding                       12 ms
      ✔ Two pods on a bridge             34 ms
      ✔ Reach each pod directly         3.2 ms
      ✘ A virtual IP with one DNAT ru…   1.8 s
      "
    `)
  })

  it('gives a slow step a spinner, after a second tells what it is at, and gives the screen back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const { err, progress } = open(true)
    progress.hear({ kind: 'step-started', index: 0, step: steps[0]! })
    progress.hear({ kind: 'step-done', index: 0, result: stepResult(0) })
    progress.hear({ kind: 'step-started', index: 3, step: steps[3]! })
    const commands = [command('iptables --table nat --append HTTP-SERVICE --jump RETURN')]
    progress.hear({ kind: 'commands-started', index: 3, first: 0, commands })
    await vi.waitFor(() => expect(err.text).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] A virtual IP with one DNAT rule\n/))
    await vi.advanceTimersByTimeAsync(1000)
    await vi.waitFor(() => expect(err.text).toContain('rule  command 1 of 1: iptables --table nat --app…\n'))
    progress.hear({ kind: 'checks-started', index: 3, count: 2 })
    await vi.waitFor(() => expect(err.text).toContain('rule  check 1 of 2\n'))
    progress.hear({ kind: 'check-done', index: 3, result: heldCheck, done: 1, count: 2 })
    await vi.waitFor(() => expect(err.text).toContain('rule  check 2 of 2\n'))
    expect(err.text).toContain(hideCursor)
    progress.hear({ kind: 'step-done', index: 3, result: stepResult(3) })
    await progress.stop()
    const [, final] = err.text.split(showCursor)
    expect(final).toBe('✔ A virtual IP with one DNAT rule   1 command, 2 checks   1.8 s\n')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives the screen back when it is stopped in the middle', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const listeners = process.listenerCount('SIGINT')
    const { err, progress } = open(true)
    progress.hear({ kind: 'step-started', index: 3, step: steps[3]! })
    await vi.waitFor(() => expect(err.text).toContain('A virtual IP'))
    expect(process.listenerCount('SIGINT')).toBe(listeners)
    await progress.stop()
    expect(err.text.split(showCursor)[1]).toBe(
      '✘ A virtual IP with one DNAT rule   1 command, 2 checks  stopped\n',
    )
    expect(vi.getTimerCount()).toBe(0)
    err.write('free')
    expect(err.text.endsWith('free')).toBe(true)
  })
})

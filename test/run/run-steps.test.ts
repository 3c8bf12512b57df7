import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/command/command.ts'
import type { Step } from '../../src/plan/plan.ts'
import type { RunEvent } from '../../src/run/events.ts'
import type { CommandFailure } from '../../src/run/report.ts'
import { type Executor, type Outcome, runSteps } from '../../src/run/run-steps.ts'
import type { CheckResult } from '../../src/verify/report.ts'
import { action, command, curl, step } from '../view/fixtures.ts'

const bridge = step('A bridge', [
  action('ip link add br1 type bridge'),
  action('ip link set br1 up'),
  action('iptables -N WEB'),
])
const reach = step('Reach it', [], [curl('10.0.0.11:8080', 'host', 'a'), curl('10.0.0.11:8080', 'b', 'a')])

interface Fake {
  /** What comes of the commands that begin with this one. */
  outcomes?: Readonly<Record<string, Outcome>>
  /** The number of a check that does not hold. */
  off?: number
  /** What is heard of the lots of a turn while they run. */
  heard?: readonly number[]
  during?: (commands: readonly Command[]) => void
}

/** Starts nothing: `ip` commands go in one lot, all others in the next, both in one turn. */
function fake({ outcomes = {}, off, heard = [], during }: Fake = {}): Executor {
  return {
    turns: ({ actions }) => {
      const commands = actions.map(one => one.command)
      const isIp = ({ argv }: Command) => argv[0] === 'ip'
      const lots = [commands.filter(isIp), commands.filter(one => !isIp(one))]
      if (commands.length === 0) return []
      const run = async (reached: (lot: number) => void) => {
        for (const lot of heard) reached(lot)
        during?.(commands)
        return outcomes[commands[0]!.argv.join(' ')] ?? { output: '' }
      }
      return [{ lots: lots.filter(lot => lot.length > 0), run }]
    },
    tryChecks: async ({ checks, title }, done) => {
      const results = checks.map((check, at) => result(check, title, at !== off))
      for (const one of results.toReversed()) done(one)
      return results
    },
  }
}

function result(check: Step['checks'][number], title: string, ok: boolean): CheckResult {
  const observed = ok ? 'a answered' : 'timed out'
  return { check, step: title, from: check.from, target: '10.0.0.11:8080', observed, ok, ms: 1 }
}

/** The events, with every time as 0. */
async function eventsOf(executor: Executor, steps: readonly Step[], signal?: AbortSignal) {
  const events: RunEvent[] = []
  const run = { executor, tell: (event: RunEvent) => void events.push(event), signal }
  const ended = await runSteps(run, steps).catch(error => error)
  return { ended, events: JSON.parse(JSON.stringify(events), (key, value) => (key === 'ms' ? 0 : value)) }
}

const [add, up, chain] = bridge.actions.map(one => one.command) as [Command, Command, Command]
const failure: CommandFailure = { command: up, exitCode: 2, stderr: 'Cannot find device' }

describe('the events of a run', () => {
  it('tell of each step, lot of commands, and check, in order', async () => {
    const { events } = await eventsOf(fake({ heard: [1] }), [bridge, reach])
    const done = (one: Step) => ({ title: one.title, ok: true, ms: 0, commands: one.actions.length })
    const results = reach.checks.map(check => result(check, reach.title, true))
    const held = results.map(one => ({ ...one, ms: 0 }))
    expect(events).toEqual([
      { kind: 'step-started', index: 0, step: bridge },
      { kind: 'commands-started', index: 0, first: 0, commands: [add, up] },
      { kind: 'commands-started', index: 0, first: 2, commands: [chain] },
      { kind: 'commands-ran', index: 0, first: 0, commands: [add, up, chain], ms: 0, output: '' },
      { kind: 'step-done', index: 0, result: { ...done(bridge), checks: [] } },
      { kind: 'step-started', index: 1, step: reach },
      { kind: 'checks-started', index: 1, count: 2 },
      { kind: 'check-done', index: 1, result: held[1], done: 1, count: 2 },
      { kind: 'check-done', index: 1, result: held[0], done: 2, count: 2 },
      { kind: 'step-done', index: 1, result: { ...done(reach), checks: held } },
    ])
  })

  it.each([
    ['of nothing', []],
    ['of the first only', [0]],
    ['of the last only', [1]],
    ['of one twice', [0, 1, 1]],
  ])('tell of each lot once, where the process that runs them was heard %s', async (_, heard) => {
    const { events } = await eventsOf(fake({ heard }), [bridge])
    const started = events.filter(({ kind }: RunEvent) => kind === 'commands-started')
    expect(started.map(({ first }: { first: number }) => first)).toEqual([0, 2])
  })

  it('end with a command that fails: no check is tried, no step follows', async () => {
    const outcomes = { [add.argv.join(' ')]: { output: 'half', failure } }
    const { events } = await eventsOf(fake({ outcomes }), [bridge, reach])
    expect(events.slice(1)).toEqual([
      { kind: 'commands-started', index: 0, first: 0, commands: [add, up] },
      { kind: 'command-failed', index: 0, failure, output: 'half', left: 1 },
      {
        kind: 'step-done',
        index: 0,
        result: { title: bridge.title, ok: false, ms: 0, commands: 3, checks: [], failure },
      },
    ])
  })

  it('leave out no program that was started together with one that failed', async () => {
    const program = (name: string): Command => ({
      ...command('serve 8080', name),
      container: { pod: name, name: 'server' },
    })
    const programs = ['a', 'b', 'c'].map(program)
    const servers = step(
      'Servers',
      programs.map(one => ({ command: one, undo: [] })),
    )
    const broken = { command: programs[0]!, exitCode: 1, stderr: '' }
    const outcomes = { 'serve 8080': { output: '', failure: broken } }
    const { events } = await eventsOf(fake({ outcomes }), [servers])
    expect(events.at(-2)).toMatchObject({ kind: 'command-failed', left: 0 })
  })

  it('end with a check that does not hold, after all of them', async () => {
    const { events, ended } = await eventsOf(fake({ off: 0 }), [reach, bridge])
    expect(events.map(({ kind }: RunEvent) => kind)).toEqual([
      'step-started',
      'checks-started',
      'check-done',
      'check-done',
      'step-done',
    ])
    expect(ended.map(({ ok }: { ok: boolean }) => ok)).toEqual([false])
  })

  it('stop where the run is broken off, and what failed because of that is not told', async () => {
    const controller = new AbortController()
    const during = () => controller.abort(new Error('interrupted'))
    const outcomes = { [add.argv.join(' ')]: { output: '', failure } }
    const { events, ended } = await eventsOf(fake({ outcomes, during }), [bridge], controller.signal)
    expect(events.map(({ kind }: RunEvent) => kind)).toEqual(['step-started', 'commands-started'])
    expect(ended).toEqual(new Error('interrupted'))
  })
})

it('what fails because the sandbox has been ended is not told as the fault of the step', async () => {
  const kinds: string[] = []
  const run = {
    executor: fake({ off: 1 }),
    tell: ({ kind }: RunEvent) => void kinds.push(kind),
    mustLive: () => {
      throw new Error('the sandbox has died')
    },
  }
  await expect(runSteps(run, [reach])).rejects.toThrow('the sandbox has died')
  expect(kinds.at(-1)).toBe('check-done')
})

it('steps that shall all be tried are, whichever fails, and each has its hooks around it', async () => {
  const around: string[] = []
  const results = await runSteps({ executor: fake({ off: 0 }), tell: () => {} }, [reach, bridge], {
    ...{ from: 4, goOn: true },
    before: async index => void around.push(`before ${index}`),
    after: async (index, { ok }) => void around.push(`after ${index}: ${ok}`),
  })
  expect(results).toHaveLength(2)
  expect(around).toEqual(['before 4', 'after 4: false', 'before 5', 'after 5: true'])
})

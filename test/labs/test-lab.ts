import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commandLine } from '../../src/command/command-line.ts'
import type { Graph } from '../../src/graph/graph.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { planScript } from '../../src/plan/shell-script.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { sandboxExecutor } from '../../src/run/carry-out.ts'
import { runSteps } from '../../src/run/run-steps.ts'
import { labsFolder, openSession, type Session, type User, users } from './cli.ts'
import { differences } from './differences.ts'
import { openEmptySandbox } from './empty-sandbox.ts'
import { type KernelState, kernelState } from './kernel-state.ts'
import { comparable, machineState } from './machine-state.ts'
import { processesOf } from './processes.ts'
import { passingChecks, traceChecks, tracePassingChecks } from './traced-checks.ts'

const stateInside = (session: Session, lab: string): Promise<KernelState> =>
  kernelState(async argv => {
    const { stdout, stderr, code } = await session.netlab('exec', lab, '--', ...argv)
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  })

/** The tests of a lab that ships, in a file of its own, so that labs are tried side by side; `by`: those who can have it. */
export function testLab(lab: string, by: readonly User[] = users): void {
  const file = join(labsFolder, `${lab}.yaml`)
  const running = labAsBuilt(loadLab(file))
  const { plan } = running
  // The last user goes without batches, so that both ways are compared without a run of its own.
  const runs = [
    { user: by[0]!, how: 'in batches', flags: [] },
    { user: by.at(-1)!, how: 'with a process for each command', flags: ['--no-batch'] },
  ]
  // Of one endpoint many answers tell no more than few.
  const requests = running.services.some(({ endpoints }) => endpoints.length > 1) ? '100' : '20'
  const states: KernelState[] = []

  const stateOf = (run: number): KernelState => {
    const state = states[run]
    if (!state) throw new Error(`${lab} did not come up ${runs[run]?.how}: see the test of that`)
    return state
  }

  it.each(runs)(
    `goes up, verifies and goes down for $user, $how, and the machine is as before`,
    async ({ user, how, flags }) => {
      const before = await machineState()
      const session = openSession(user)
      const up = await session.netlab('up', file, '--json', ...flags)
      expect({ code: up.code, stderr: up.stderr }).toEqual({
        code: 0,
        stderr: expect.not.stringContaining('✘'),
      })
      expect(JSON.parse(up.stdout)).toMatchObject({ lab, ok: true })
      states[runs.findIndex(run => run.how === how)] = await stateInside(session, lab)
      // Once is enough: the other run has the same kernel state.
      const isFirst = flags.length === 0
      if (isFirst) {
        const graph = await session.netlab('graph', '--format', 'json')
        expect({ code: graph.code, marks: marksIn(graph.stdout) }).toEqual({ code: 0, marks: [] })
      }
      const verify = await session.netlab('verify', '--requests', isFirst ? requests : '20', '--json')
      expect({ code: verify.code, off: offIn(verify.stdout) }).toEqual({ code: 0, off: [] })
      if (isFirst) expect(await traceChecks(session, running)).toEqual([])
      expect(processesOf(session.stateDir)).not.toEqual([])
      expect(await session.netlab('down')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('nothing is left'),
      })
      expect(processesOf(session.stateDir)).toEqual([])
      expect(session.leftFiles()).toEqual([])
      expect(differences(comparable(await machineState(), before), before)).toEqual([])
    },
  )

  if (passingChecks(running).some(checks => checks.length > 0)) {
    it('shows in traces, step by step, what the checks see that later steps change', async () => {
      const { opened } = await openEmptySandbox(lab)
      expect(await tracePassingChecks(opened, running)).toEqual([])
    })
  }

  it('has the same kernel state in both runs', () => {
    expect(stateOf(0).places.host).toBeDefined()
    expect(differences(stateOf(1), stateOf(0))).toEqual([])
  })

  it('has that state from its printed script too, and nothing is left of it after the teardown, or the undo commands', async () => {
    const batched = stateOf(0)
    const sandbox = await openEmptySandbox(lab)
    const state = () => kernelState(argv => sandbox.run(argv))
    const empty = await state()
    const script = planScript(plan)
    await sandbox.run(['tee', '/tmp/lab.sh'], script)
    const env = ['env', 'NETLAB=/run/sandbox/bin/netlab']
    await sandbox.run([...env, 'sh', '/tmp/lab.sh'])
    const byScript = await state()
    expect(differences(byScript, batched)).toEqual([])
    await sandbox.run([...env, 'sh', '/tmp/lab.sh', 'teardown'])
    expect(differences(await state(), empty)).toEqual([])

    const executor = sandboxExecutor({ sandbox: sandbox.opened, running }, 'batched')
    // Without checks there are no connections, and conntrack complains where it finds none to delete.
    const steps = plan.steps.map(step => {
      const actions = step.actions.filter(({ command }) => command.argv[0] !== 'conntrack')
      return { ...step, actions, checks: [] }
    })
    const results = await runSteps({ executor, tell: () => {} }, steps)
    expect(results.map(({ failure }) => failure)).toEqual(steps.map(() => undefined))
    expect(differences(await state(), byScript)).toEqual([])
    const undo = plan.steps
      .toReversed()
      .flatMap(step => step.actions.toReversed().flatMap(action => action.undo))
    await sandbox.run(['sh', '-e'], undo.map(command => `${commandLine(command)}\n`).join(''))
    expect(differences(await state(), empty)).toEqual([])
  })
}

/** The checks and samples of a verify report that do not hold. */
function offIn(json: string): unknown[] {
  const { checks, services } = JSON.parse(json) as Record<'checks' | 'services', { ok: boolean }[]>
  return [...checks, ...services].filter(({ ok }) => !ok)
}

/** What `graph` finds changed, down or not ready. */
function marksIn(json: string): string[] {
  const { places, segments, links, services } = JSON.parse(json) as Graph
  return [...places, ...segments, ...links, ...services].flatMap(({ marks }) =>
    marks.map(({ words }) => words),
  )
}

import { join } from 'node:path'
import pMap from 'p-map'
import { expect, it } from 'vitest'
import { commandLine } from '../../src/command/command-line.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { actionsOf, solutionOf } from '../../src/plan/task-steps.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { sandboxExecutor } from '../../src/run/carry-out.ts'
import { tryGoal } from '../../src/run/goal.ts'
import { runSteps } from '../../src/run/run-steps.ts'
import type { CheckResult } from '../../src/verify/report.ts'
import { quotedCommands } from '../../src/view/quoted-commands.ts'
import { labsFolder, openSession, shippedLabs, users } from './cli.ts'
import { differences } from './differences.ts'
import { openEmptySandbox } from './empty-sandbox.ts'
import { beforeSolved } from './exercise-hints.ts'
import { kernelState } from './kernel-state.ts'
import { comparable, machineState } from './machine-state.ts'

const fileOf = (lab: string) => join(labsFolder, `${lab}.yaml`)
const exercises = shippedLabs.filter(lab => lab.startsWith('exercise-'))

it('labs that have a task are called exercises, and what is said of them is said of all that ship', () => {
  const withTask = shippedLabs.filter(lab =>
    loadLab(fileOf(lab)).steps.some(({ task }) => task !== undefined),
  )
  expect(withTask).toEqual(exercises)
  expect(Object.keys(beforeSolved)).toEqual(exercises)
})

const offIn = (results: readonly CheckResult[]) => results.filter(({ ok }) => !ok)

it.each(exercises)('%s fails as its hints say, and its solution solves it', async lab => {
  const running = labAsBuilt(loadLab(fileOf(lab)))
  const { steps } = running.plan
  const { shows, told, notEnough = [] } = beforeSolved[lab]!
  const last = steps.at(-1)!
  const task = last.task!
  const sandbox = await openEmptySandbox(lab)
  const state = () => kernelState(argv => sandbox.run(argv))
  const empty = await state()
  const context = { sandbox: sandbox.opened, running }
  const executor = sandboxExecutor(context, 'batched')
  const run = { executor, tell: () => {} }

  const built = await runSteps(run, steps)
  expect(built.filter(({ ok }) => !ok)).toEqual([])
  expect(offIn(await tryGoal(context, last))).not.toEqual([])
  if (told !== undefined) {
    const tried = await executor.tryChecks({ ...last, checks: task.goal }, () => {})
    const headlines = offIn(tried).flatMap(({ evidence }) => evidence?.headline ?? [])
    expect(headlines.at(0)).toMatch(told)
  }

  for (const [command, output] of Object.entries(shows)) {
    const printed = await sandbox.run(['sh', '-c', `{ ${command}; } 2>&1 || true`])
    expect(printed, command).toMatch(output)
  }
  const solving = task.solution.map(({ command }) => commandLine(command))
  const quoted = task.hints.flatMap(quotedCommands)
  expect(quoted.filter(command => !(command in shows) && !solving.includes(command))).toEqual([])

  for (const { done, undone } of notEnough) {
    await sandbox.run(['sh', '-c', done])
    for (const time of ['first', 'second'])
      expect(offIn(await tryGoal(context, last)), `${done}, ${time} time`).not.toEqual([])
    await sandbox.run(['sh', '-c', undone])
  }

  const [solved] = await runSteps(run, [solutionOf(last)])
  expect({ failure: solved?.failure, off: offIn(solved?.checks ?? []) }).toEqual({ off: [] })
  const undo = steps
    .flatMap(actionsOf)
    .toReversed()
    .flatMap(action => action.undo)
  await sandbox.run(['sh', '-e'], undo.map(command => `${commandLine(command)}\n`).join(''))
  expect(differences(await state(), empty)).toEqual([])
})

it('an ordinary user is given each, has it solved, finds it well, and the machine is as before', async () => {
  const before = await machineState()
  const session = openSession(users.at(-1))
  const ends = await pMap(
    exercises,
    async lab => {
      const up = await session.netlab('up', fileOf(lab), '--json')
      const solve = await session.netlab('task', 'solve', lab)
      const verify = await session.netlab('verify', lab, '--requests', '20')
      const down = await session.netlab('down', lab)
      return {
        lab,
        codes: [up, solve, verify, down].map(({ code }) => code),
        wrong: [up, solve, verify, down].flatMap(({ code, stdout, stderr }) =>
          code === 0 ? [] : [stdout, stderr],
        ),
      }
    },
    { concurrency: 2 },
  )
  expect(ends).toEqual(exercises.map(lab => ({ lab, codes: [0, 0, 0, 0], wrong: [] })))
  expect(session.leftFiles()).toEqual([])
  expect(differences(comparable(await machineState(), before), before)).toEqual([])
})

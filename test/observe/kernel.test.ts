import { join } from 'node:path'
import { expect, it } from 'vitest'
import { askMany } from '../../src/observe/curl.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { solutionOf } from '../../src/plan/task-steps.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { sandboxExecutor } from '../../src/run/carry-out.ts'
import { runSteps } from '../../src/run/run-steps.ts'
import { labsFolder } from '../labs/cli.ts'
import { openEmptySandbox } from '../labs/empty-sandbox.ts'

it('what was asked in vain is in the way of no later question', async () => {
  const running = labAsBuilt(loadLab(join(labsFolder, 'exercise-15-be-kube-proxy.yaml')))
  const { opened } = await openEmptySandbox()
  const run = { executor: sandboxExecutor({ sandbox: opened, running }, 'batched'), tell: () => {} }
  const { steps } = running.plan
  const ask = async (requests: number, timeout: number) => {
    const options = { requests, timeout, atOnce: 400 }
    const samples = await askMany(opened, '10.100.100.100:8080', 'anna', options)
    return samples.filter(({ failure }) => failure !== undefined).length
  }

  await runSteps(run, steps)
  // So many that they would be in the way of half of the later ones, were their ports those which the kernel gives.
  expect(await ask(8000, 0.2)).toBe(8000)
  await runSteps(run, [solutionOf(steps.at(-1)!)])
  expect(await ask(200, 10)).toBe(0)
})

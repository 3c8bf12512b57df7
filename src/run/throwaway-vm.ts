import { join } from 'node:path'
import { insideEnv } from '../sandbox/sandbox.ts'
import { bringKernel } from '../sandbox/vm/fetch.ts'
import type { KernelName } from '../sandbox/vm/kernels.ts'
import { ownStreams, ownTerminals, runInVm } from '../sandbox/vm/session.ts'
import { mustHaveQemu, startVm } from '../sandbox/vm/vm.ts'
import { LabStart, sandboxLog } from './lab-start.ts'
import { unlessAborted } from './unless-aborted.ts'

/** A command that is to be run on another kernel. */
export interface OnKernel {
  kernel: KernelName
  argv: readonly string[]
  /** MiB of the machine's memory. */
  memory: number
  /** Labs there have real root, as those of `netlab up --kernel` have; else they live in user namespaces, as here. */
  disposable: boolean
  /** Called where the kernel has to be brought here first. */
  brings: () => void
  signal: AbortSignal
}

/**
 * Runs a command as root of a virtual machine with that kernel, which ends with it, or with this process, and leaves nothing; returns
 * its exit code. It reads this process's stdin. Throws NetlabError where there is no such machine, the signal's reason after an abort.
 */
export async function runInThrowawayVm(order: OnKernel): Promise<number> {
  const { argv, memory, disposable, signal } = order
  mustHaveQemu()
  const kernel = await bringKernel(order.kernel, order.brings, signal)
  signal.throwIfAborted()
  const start = new LabStart()
  try {
    await start.forVm()
    const logFile = join(start.folder, sandboxLog)
    const sandbox = await start.sandbox.opened(logFile)
    const shape = { memory, disposable }
    const vm = await startVm(sandbox, { kernel, shape, labFolder: start.folder, logFile })
    const command = {
      argv,
      cwd: '/root',
      env: { ...insideEnv, HOME: '/root' },
      files: {},
      ...ownTerminals(true),
    }
    return await unlessAborted(signal, runInVm(vm, command, ownStreams(true)))
  } finally {
    await start.giveUp()
  }
}

import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import type { Lab } from '../model/lab.ts'
import { insideEnv } from '../sandbox/sandbox.ts'
import { bringKernel } from '../sandbox/vm/fetch.ts'
import type { GuestCommand } from '../sandbox/vm/frames.ts'
import type { KernelName } from '../sandbox/vm/kernels.ts'
import { ownStreams, ownTerminals, runInVm } from '../sandbox/vm/session.ts'
import { mustHaveQemu, portsFolder, startVm, type Vm } from '../sandbox/vm/vm.ts'
import { originOf } from './apply.ts'
import { endLab } from './down.ts'
import { type LabStart, sandboxLog } from './lab-start.ts'
import { openSandbox, RunsInVm, registerLab } from './lab-state.ts'
import { unlessAborted } from './unless-aborted.ts'
import { filesNamed, filesOf, type HandedFiles } from './vm-files.ts'

/** MiB of memory of a lab's virtual machine: what Linux, netlab and a lab of some hundred pods take, and room for files. */
const memory = 2048

/** A lab that is to be brought up in a virtual machine. */
export interface LabInVm {
  lab: Lab
  /** The path that it was read from. */
  file: string
  kernel: KernelName
  start: LabStart
  signal: AbortSignal
  /** The command line that brings it up, there. */
  argv: readonly string[]
  /** Called where the kernel has to be brought here first. */
  brings: () => void
}

/**
 * Brings a lab up in a virtual machine of its own, by the same netlab as here; returns its exit code. A lab that is not up
 * afterwards is taken down with its machine. Throws NetlabError where there is no machine, the signal's reason after an abort.
 */
export async function upInVm(order: LabInVm): Promise<number> {
  const { lab, file, start, signal, argv } = order
  mustHaveQemu()
  const kernel = await bringKernel(order.kernel, order.brings, signal)
  signal.throwIfAborted()
  await start.forVm()
  const { folder, state } = registerLab(lab, file, start)
  try {
    const logFile = join(folder.path, sandboxLog)
    const { sandbox } = await start.sandbox.keep({ lab: lab.name, serves: false, logFile })
    state.sandbox = sandbox
    folder.write(state)
    const shape = { memory, disposable: true }
    const vm = await startVm(sandbox, { kernel, shape, labFolder: folder.path, logFile })
    state.vm = { kernel: kernel.name, process: vm.process }
    folder.write(state)
    const code = await unlessAborted(
      signal,
      runInVm(vm, netlabIn(argv, filesOf(lab)), ownStreams(reads(argv))),
    )
    const stage = await unlessAborted(signal, stageIn(vm, lab.name))
    if (stage === undefined) await endLab(folder)
    else folder.write({ ...state, stage })
    return code
  } catch (error) {
    await endLab(folder)
    throw error
  }
}

/** The same for a lab that is known to run in one. */
export function runInLabsVm(name: string, argv: readonly string[]): Promise<number> {
  try {
    openSandbox(name)
  } catch (error) {
    if (error instanceof RunsInVm) return runWhereLabIs(error, argv)
    throw error
  }
  throw new Error(`${name} runs in no virtual machine`)
}

/** Runs a command line of netlab in the virtual machine where its lab is, and returns its exit code; `to`: a file that takes its stdout. */
export function runWhereLabIs(
  { folder, sandbox, vm }: RunsInVm,
  argv: readonly string[],
  to?: Writable,
): Promise<number> {
  const state = folder.read()
  const files = filesNamed(argv, state === undefined ? undefined : originOf(state))
  const machine: Vm = { sandbox, process: vm.process, ports: portsFolder(folder.path) }
  const interrupt = new AbortController()
  const pass = () => interrupt.abort()
  for (const signal of passed) process.on(signal, pass)
  const talk = {
    ...ownStreams(reads(argv)),
    ...(to === undefined ? {} : { stdout: to }),
    signal: interrupt.signal,
  }
  const command = netlabIn(argv, files)
  const [stdin, stdout, stderr] = command.terminals
  const terminals = [stdin, to === undefined && stdout, stderr] as const
  return runInVm(machine, { ...command, terminals }, talk).finally(() => {
    for (const signal of passed) process.off(signal, pass)
  })
}

const passed = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Verbs that read what is typed, or piped, into them. */
const readers = ['exec', 'shell', 'walk', 'watch']

function reads(argv: readonly string[]): boolean {
  return readers.includes(argv[0] ?? '')
}

/** What of the caller's environment says how its terminal is. */
const terminalWords = ['TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS'] as const

function netlabIn(argv: readonly string[], files: HandedFiles): GuestCommand {
  const own = terminalWords.flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const terminals = ownTerminals(reads(argv))
  const env = { ...insideEnv, NETLAB_STATE_DIR: stateThere, ...Object.fromEntries(own) }
  return { argv: ['netlab', ...argv], cwd: process.cwd(), env, files, ...terminals }
}

/** Characters of a lab's state that are read. */
const mostState = 65_536

/** The folder of labs' states there. */
const stateThere = '/run/netlab'

/** How the lab is there; undefined where it is not. The file is looked at, since netlab itself takes seconds to start where a processor is emulated. */
async function stageIn(vm: Vm, name: string): Promise<'up' | 'failed' | undefined> {
  let text = ''
  const stdout = new Writable({
    write: (bytes: Buffer, _, done) => {
      if (text.length < mostState) text += bytes.toString()
      done()
    },
  })
  const asked: GuestCommand = {
    ...{ argv: ['cat', `${stateThere}/${name}/state.json`], cwd: '/', env: insideEnv, files: {} },
    ...{ terminals: [false, false, false], size: [24, 80], reads: false },
  }
  const stderr = new PassThrough().resume()
  if ((await runInVm(vm, asked, { stdout, stderr })) !== 0) return undefined
  // Whatever that machine's root has made of it.
  const stage = /"stage":"(up|failed)"/.exec(text)?.[1]
  return stage as 'up' | 'failed' | undefined
}

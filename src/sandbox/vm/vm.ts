import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { exitCode, NetlabError } from '../../errors.ts'
import { joinLab, runAtAnyway } from '../enter.ts'
import { labIdentity } from '../identity.ts'
import { type ProcessId, processId } from '../proc.ts'
import { isThere, waysToInstall } from '../programs.ts'
import { enterArgv, insideEnv, type Sandbox } from '../sandbox.ts'
import type { Kernel } from './kernels.ts'
import { listenAtPorts } from './ports.ts'
import { consoleFile, qemuArgv, type VmShape, virtiofsds, vmScript } from './qemu.ts'

/** A virtual machine that runs in a sandbox, and ends with it, as the sandbox does with the machine. */
export interface Vm {
  sandbox: Sandbox
  /** What lives as long as it does. */
  process: ProcessId
  /** The folder of its ports. */
  ports: string
}

/** The folder of a virtual machine's ports, in that of its lab. */
export function portsFolder(labFolder: string): string {
  return join(labFolder, 'ports')
}

/** Throws NetlabError where there is no QEMU, or nothing that shares files with it, or no kernel for this machine's processor. */
export function mustHaveQemu(isHere: (program: string) => boolean = isThere): void {
  const qemu = 'qemu-system-x86_64'
  if (process.arch !== 'x64') throw lacking('netlab brings kernels for x86-64 only', 'use such a machine')
  if (!isHere(qemu)) throw lacking(`this machine lacks ${qemu}`, waysToInstall([qemu]) ?? 'install it')
  if (!virtiofsds.some(isHere))
    throw lacking('this machine lacks virtiofsd', 'sudo apt-get install --no-install-recommends virtiofsd')
}

function lacking(what: string, fix: string): NetlabError {
  const why = 'another kernel than that of this machine runs in a virtual machine'
  return new NetlabError({ what, why, fix, exitCode: exitCode.machineLacks })
}

/**
 * Starts a virtual machine in a sandbox that was opened for one; its ports are made in the folder of its lab, its complaints go to
 * `logFile`. It is not waited for: whoever talks with it first does.
 */
export async function startVm(
  sandbox: Sandbox,
  {
    kernel,
    shape,
    labFolder,
    logFile,
  }: { kernel: Kernel; shape: VmShape; labFolder: string; logFile: string },
): Promise<Vm> {
  await joinLab(sandbox)
  const ports = portsFolder(labFolder)
  const log = openSync(logFile, 'a', 0o600)
  const files = [openSync(kernel.image, 'r'), openSync(kernel.initramfs, 'r'), ...listenAtPorts(ports)]
  const argv = ['sh', '-c', vmScript, 'netlab-vm', ...qemuArgv(shape)]
  const [file = '', ...args] = enterArgv(sandbox, argv)
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log, ...files],
    env: { ...insideEnv },
    cwd: '/',
    ...labIdentity(),
  })
  for (const fd of [log, ...files]) closeSync(fd)
  if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject))
  child.unref()
  return { sandbox, ports, process: processId(child.pid!) ?? { pid: 0, startTime: '' } }
}

/** Characters of a console that are told. */
const lastWords = 2000

/** What the kernel, and what runs first on it, said last. */
export async function consoleOf(sandbox: Sandbox): Promise<string> {
  const asked = await runAtAnyway(sandbox, ['tail', '-c', `${lastWords}`, consoleFile], {
    why: "a virtual machine's console says why it does not answer",
    tooMuch: 'stop',
    limit: lastWords,
  }).catch(() => undefined)
  return asked?.exitCode === 0 ? asked.stdout.trim() : ''
}

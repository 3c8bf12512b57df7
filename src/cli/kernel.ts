import { Option } from 'commander'
import { exitCode } from '../errors.ts'
import { type LabInVm, runInLabsVm, upInVm } from '../run/vm.ts'
import { type KernelName, kernelNames } from '../sandbox/vm/kernels.ts'
import { openTerminal } from '../view/terminal.ts'
import { limitWords, type SaidLimits } from './limits.ts'

/** `--kernel NAME`. */
export function kernelOption(): Option {
  return new Option(
    '--kernel <kernel>',
    "run it on this kernel of Debian's, in a virtual machine (QEMU)",
  ).choices(kernelNames)
}

/** Brings a lab up in a virtual machine, and sets the exit code; `then`: what is done there once it is up. */
export async function runOnKernel(
  kernel: KernelName,
  order: Omit<LabInVm, 'kernel' | 'brings'>,
  then?: readonly string[],
): Promise<void> {
  const { err } = openTerminal()
  const brings = () => err.write(`bringing ${kernel} here from Debian's packages, once: 40 MB\n`)
  const code = await upInVm({ ...order, kernel, brings })
  process.exitCode =
    code === exitCode.fine && then !== undefined ? await runInLabsVm(order.lab.name, then) : code
}

/** The words of a command line that `up` and `walk` share. */
export function labWords(file: string, { name, limit }: { name?: string; limit?: SaidLimits }): string[] {
  return [file, ...(name === undefined ? [] : ['--name', name]), ...limitWords(limit)]
}

/** The flags that are set, as they are typed. */
export function setFlags(flags: Readonly<Record<string, boolean | undefined>>): string[] {
  return Object.entries(flags).flatMap(([word, isSet]) => (isSet ? [word] : []))
}

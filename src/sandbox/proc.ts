import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process, told apart from a later one with the same number by when it started. */
export interface ProcessId {
  pid: number
  /** In clock ticks since the machine started, as in /proc/PID/stat. */
  startTime: string
}

/** The process as it is now; undefined where it has ended (a zombie has). */
export function processId(pid: number): ProcessId | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The program's name stands in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[0], fields[19]]
  return state === 'Z' || state === 'X' || startTime === undefined ? undefined : { pid, startTime }
}

/** Whether this very process still lives. */
export function lives(process: ProcessId): boolean {
  return processId(process.pid)?.startTime === process.startTime
}

/** The children of a process, oldest first. */
export function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return children === '' ? [] : children.split(' ').map(Number)
  } catch {
    return []
  }
}

/** The identity of a process's user namespace, `user:[4026532001]`; undefined where the process has ended or is not ours. */
export function userNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/user`)
  } catch {
    return undefined
  }
}

/** Every live process in one of these user namespaces, with its command line. */
export function processesIn(namespaces: ReadonlySet<string>): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    const namespace = userNamespace(pid)
    if (namespace === undefined || !namespaces.has(namespace) || processId(pid) === undefined) continue
    found.push({ pid, command: commandOf(pid) })
  }
  return found
}

/** The processes whose complaints go to a file in a folder, as those of a lab's holder and servers go to its state folder. */
export function complainersTo(folder: string): ProcessId[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => Number.isInteger(pid) && stderrOf(pid).startsWith(`${folder}/`))
    .flatMap(pid => processId(pid) ?? [])
}

function stderrOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/2`)
  } catch {
    return ''
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return '(ended)'
  }
}

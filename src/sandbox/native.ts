import { closeSync, constants, openSync, readdirSync } from 'node:fs'
import type { FilterProgram } from './filter-program.ts'
import { keyFilter } from './key-filter.ts'
import { errorName, failed, libc } from './libc.ts'
import { systemCalls } from './system-calls.ts'

const F_SETFD = 2
const FD_CLOEXEC = 1
const PR_SET_NO_NEW_PRIVS = 38
const KEYCTL_JOIN_SESSION_KEYRING = 1
const SECCOMP_SET_MODE_FILTER = 1
/** Older kernels would slow down every program under a filter. */
const SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4
const PIDFD_SEND_SIGNAL = 424
const PIDFD_OPEN = 434
const O_CLOEXEC = 0o2000000

let shed = false

/**
 * Leaves behind what whoever started netlab has, and no process of a lab may get: open files, keys, the way to more rights
 * through set-user-ID programs, a umask of their own. Processes started from then on inherit none of it; the terminal is
 * kept from each by itself. Does something once only. Throws NetlabError where koffi cannot be loaded.
 */
export function shedCaller(): void {
  if (shed) return
  const { fcntl } = libc()
  // /dev/fd/63 stays readable for netlab itself. Node opens its own files so, which are closed to others already.
  for (const fd of readdirSync('/proc/self/fd')) if (Number(fd) > 2) fcntl(Number(fd), F_SETFD, FD_CLOEXEC)
  gainNoRights()
  leaveKeys()
  process.umask(0o022)
  shed = true
}

/** Whatever this process becomes, or starts, gains no rights by being run. */
export function gainNoRights(): void {
  if (libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0)
    throw failed('prctl(PR_SET_NO_NEW_PRIVS)', 'no program of a lab gains rights by being run', errorName())
}

/** Puts this process, and what it starts, under a filter: less than 0 where the kernel refuses. Needs no_new_privs. */
export function filterCalls(call: number, filter: FilterProgram): number {
  return libc().seccomp(call, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, filter)
}

/** Needs no_new_privs. On a processor that it does not know the keys stay. */
function leaveKeys(): void {
  const { syscall } = libc()
  const here = systemCalls()
  if (here === undefined) return
  // A kernel without keys or filters; or a container's own filter, which then holds for the lab as well.
  const unless = (call: string, result: number, allowed: readonly string[]) => {
    if (result >= 0) return
    const name = errorName()
    if (!allowed.includes(name)) throw failed(call, 'a lab gets none of your keys', name)
  }
  const joined = syscall(here.keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0)
  unless('keyctl(KEYCTL_JOIN_SESSION_KEYRING)', joined, ['ENOSYS', 'EOPNOTSUPP', 'EPERM'])
  const filtered = filterCalls(here.seccomp, keyFilter())
  unless('seccomp(SECCOMP_SET_MODE_FILTER)', filtered, ['ENOSYS', 'EINVAL', 'EPERM'])
}

/**
 * A file descriptor that stands for a process, even when its number is used again; the caller closes it. undefined where there is no
 * such process, or where the kernel knows none (before 5.3).
 */
export function openPidfd(pid: number): number | undefined {
  const fd = libc().syscall(PIDFD_OPEN, pid, 0, 0, 0)
  if (fd >= 0) return fd
  const name = errorName()
  if (['ESRCH', 'EINVAL', 'ENOSYS'].includes(name)) return undefined
  throw failed('pidfd_open', `process ${pid} is to be held on to`, name)
}

const POLLIN = 1

/** Calls back as soon as the process that a descriptor stands for has ended; until then a thread waits for it, and this process lives on. */
export function whenEnded(fd: number, ended: () => void): void {
  const files = Buffer.alloc(8)
  files.writeInt32LE(fd, 0)
  files.writeInt16LE(POLLIN, 4)
  libc().poll.async(files, 1, -1, (error: unknown, result: number) => {
    // The kernel reads the buffer anew after a process that was stopped goes on, so it has to be kept until now.
    if (error === null && result === 1 && (files.readInt16LE(6) & POLLIN) !== 0) ended()
    // A signal woke it, say.
    else setTimeout(() => whenEnded(fd, ended), 100)
  })
}

/** Sends a signal, by its number, to the process that a descriptor stands for; false where it has ended. */
export function signalPidfd(fd: number, signal: number): boolean {
  if (libc().syscall(PIDFD_SEND_SIGNAL, fd, signal, 0, 0) === 0) return true
  const name = errorName()
  if (name === 'ESRCH') return false
  throw failed('pidfd_send_signal', 'a process is to be ended', name)
}

/** A terminal of its own: what is written to one end is read from the other. The caller closes both descriptors. */
export interface Pty {
  /** The end of whoever shows it: reading and writing it never waits. */
  master: number
  /** The end of the program that runs on it. */
  slave: number
}

/** Opens a terminal that is nobody's yet. Throws NetlabError where the machine has no more. */
export function openPty(): Pty {
  const { unlockpt, ptsname } = libc()
  const why = 'what runs in a lab gets a terminal of its own'
  const flags = constants.O_RDWR | constants.O_NOCTTY
  let master: number
  try {
    master = openSync('/dev/ptmx', flags | constants.O_NONBLOCK)
  } catch (error) {
    throw failed('opening /dev/ptmx', why, (error as NodeJS.ErrnoException).code ?? '')
  }
  const path = unlockpt(master) === 0 ? ptsname(master) : null
  if (path === null) {
    const name = errorName()
    closeSync(master)
    throw failed('ptsname', why, name)
  }
  return { master, slave: openSync(path, flags) }
}

const AF_UNIX = 1
const SOCK_STREAM = 1
const SOCK_CLOEXEC = O_CLOEXEC
/** Bytes of a path in a struct sockaddr_un, its end included. */
const longestPath = 108

/** A Unix socket that listens at a path, which nothing has yet. The caller closes the descriptor. */
export function listenOn(path: string): number {
  const { socket, bind, listen } = libc()
  const why = 'commands reach the virtual machine of a lab through sockets'
  if (Buffer.byteLength(path) >= longestPath) throw failed('bind', why, 'ENAMETOOLONG')
  const address = Buffer.alloc(2 + longestPath)
  address.writeUInt16LE(AF_UNIX, 0)
  address.write(path, 2)
  const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)
  if (fd < 0) throw failed('socket', why, errorName())
  const done = bind(fd, address, address.length) === 0 && listen(fd, 1) === 0
  if (done) return fd
  const name = errorName()
  closeSync(fd)
  throw failed('bind', why, name)
}

const TIOCGWINSZ = process.arch === 'ppc64' ? 0x40087468 : 0x5413
const TIOCSWINSZ = process.arch === 'ppc64' ? 0x80087467 : 0x5414

/** Makes a terminal's window as large as another one's; programs on it hear of it by SIGWINCH. */
export function copyWindowSize(from: number, to: number): void {
  const { ioctl } = libc()
  const size = Buffer.alloc(8)
  if (ioctl(from, TIOCGWINSZ, size) === 0) ioctl(to, TIOCSWINSZ, size)
}

/** Sets the size of a terminal's window; programs on it hear of it by SIGWINCH. */
export function setWindowSize(terminal: number, [rows, columns]: readonly [number, number]): void {
  const size = Buffer.alloc(8)
  size.writeUInt16LE(rows, 0)
  size.writeUInt16LE(columns, 2)
  libc().ioctl(terminal, TIOCSWINSZ, size)
}

/** Sets a terminal as another one is: which key erases, whether characters are UTF-8. */
export function copySettings(from: number, to: number): void {
  const { tcgetattr, tcsetattr } = libc()
  // More than any libc's struct termios.
  const settings = Buffer.alloc(256)
  if (tcgetattr(from, settings) === 0) tcsetattr(to, 0, settings)
}

const F_GETFL = 3
const F_SETFL = 4

/** Whether reading from an open file waits until there is something. */
export function setWaiting(fd: number, waits: boolean): void {
  const flags = libc().fcntl(fd, F_GETFL, 0) & ~constants.O_NONBLOCK
  libc().fcntl(fd, F_SETFL, waits ? flags : flags | constants.O_NONBLOCK)
}

/** The two ends of a pipe(2); Node's own pipes to a process are sockets, which /dev/stdout cannot open again. */
export function openPipe(): { read: number; write: number } {
  const ends = Buffer.alloc(8)
  if (libc().pipe2(ends, O_CLOEXEC) !== 0)
    throw failed('pipe2', 'what runs in a lab gets none of the files that are open here', errorName())
  const [read = 0, write = 0] = new Int32Array(ends.buffer, ends.byteOffset, 2)
  return { read, write }
}

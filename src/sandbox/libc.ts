import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getSystemErrorName } from 'node:util'
import { exitCode, NetlabError } from '../errors.ts'

/** What netlab uses of koffi. */
interface Koffi {
  load(library: string): { func(...declaration: unknown[]): unknown }
  struct(members: Readonly<Record<string, string>>): unknown
  pointer(type: unknown): unknown
  errno(): number
  address(value: Uint8Array): bigint
  view(address: unknown, length: number): ArrayBuffer
}

/** A call that may wait on a thread of its own. */
interface Waiting {
  (...args: unknown[]): number
  async(...args: unknown[]): void
}

/** koffi's binary for this processor, where npm puts it; koffi's own search for it takes several times as long. */
function binary(): string | undefined {
  const below = join(
    'node_modules',
    '@koromix',
    `koffi-linux-${process.arch}`,
    `linux_${process.arch}`,
    'koffi.node',
  )
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, below)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}

function loadKoffi(): Koffi {
  const path = binary()
  if (path !== undefined) {
    try {
      const module: { exports: unknown } = { exports: {} }
      process.dlopen(module, path)
      return module.exports as Koffi
    } catch {
      // It is for another libc, say: koffi knows more places, and tells what is missing.
    }
  }
  return createRequire(import.meta.url)('koffi')
}

function loadCalls() {
  try {
    const koffi = loadKoffi()
    const libc = koffi.load('libc.so.6')
    const program = koffi.pointer(koffi.struct({ length: 'unsigned short', filter: 'void *' }))
    const call = (declaration: string) => libc.func(declaration) as (...args: unknown[]) => number
    return {
      errno: () => koffi.errno(),
      address: (bytes: Uint8Array) => koffi.address(bytes),
      /** Memory that is not JavaScript's, as it is, from an address of mmap's on. */
      memoryAt: (address: unknown, length: number) => koffi.view(address, length),
      mmap: libc.func(
        'void *mmap(void *address, unsigned long length, int protection, int flags, int fd, long offset)',
      ) as (...args: unknown[]) => unknown,
      fcntl: call('int fcntl(int fd, int command, int value)'),
      prctl: call(
        'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
      ),
      // All arguments are written out, with one kind each: syscall(2) itself takes any number.
      syscall: call('long syscall(long number, long a, long b, long c, long d)'),
      seccomp: libc.func('syscall', 'long', ['long', 'unsigned int', 'unsigned int', program]) as (
        ...args: unknown[]
      ) => number,
      bpf: libc.func('long syscall(long number, int command, void *attributes, unsigned int size)') as (
        ...args: unknown[]
      ) => number,
      poll: libc.func('int poll(void *files, unsigned long count, int timeout)') as Waiting,
      setns: call('int setns(int fd, int type)'),
      socket: call('int socket(int domain, int type, int protocol)'),
      getsockopt: call('int getsockopt(int fd, int level, int name, void *value, void *length)'),
      setsockopt: call('int setsockopt(int fd, int level, int name, void *value, unsigned int length)'),
      bind: call('int bind(int fd, void *address, unsigned int length)'),
      listen: call('int listen(int fd, int backlog)'),
      connect: call('int connect(int fd, void *address, unsigned int length)'),
      accept4: call('int accept4(int fd, void *address, void *length, int flags)'),
      close: call('int close(int fd)'),
      attachFilter: libc.func('setsockopt', 'int', ['int', 'int', 'int', program, 'unsigned int']) as (
        ...args: unknown[]
      ) => number,
      sendto: call(
        'long sendto(int fd, void *data, unsigned long size, int flags, void *to, unsigned int length)',
      ),
      recvfrom: call(
        'long recvfrom(int fd, void *data, unsigned long size, int flags, void *from, void *length)',
      ),
      execv: libc.func('int execv(const char *path, const char **argv)') as (
        path: string,
        argv: readonly (string | null)[],
      ) => number,
      unlockpt: call('int unlockpt(int fd)'),
      ptsname: libc.func('char *ptsname(int fd)') as (fd: number) => string | null,
      ioctl: call('int ioctl(int fd, unsigned long request, void *value)'),
      tcgetattr: call('int tcgetattr(int fd, void *settings)'),
      tcsetattr: call('int tcsetattr(int fd, int when, void *settings)'),
      pipe2: call('int pipe2(void *ends, int flags)'),
    }
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [String(error)]
    throw new NetlabError({
      what: `koffi cannot be loaded: ${reason}`,
      why: 'netlab calls the kernel through it: to enter namespaces, and to keep what is yours out of a lab',
      fix: 'npm rebuild koffi; netlab doctor says what this machine lacks',
      exitCode: exitCode.machineLacks,
      cause: error,
    })
  }
}

let calls: ReturnType<typeof loadCalls> | undefined

/** libc, loaded by the first call: most verbs need none, and it takes some milliseconds. */
export function libc(): ReturnType<typeof loadCalls> {
  calls ??= loadCalls()
  return calls
}

/** What the last call left in errno, by its name. */
export function errorName(): string {
  return getSystemErrorName(-libc().errno())
}

/** The error for a call that failed, with its name and what it was for. */
export function failed(call: string, why: string, name: string): NetlabError {
  return new NetlabError({
    what: `${call} failed: ${name}`,
    why,
    fix: 'netlab doctor says what this machine lacks',
    exitCode: exitCode.machineLacks,
  })
}

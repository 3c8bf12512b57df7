/**
 * Becomes the program that its arguments name, with their arguments, for which setgroups(2) does nothing and tells of no failure. A user
 * namespace made by an ordinary user may set no groups (user_namespaces(7)); tcpdump does so before it becomes the user that it is told to
 * be, and gives up where it cannot. That it stays who it is here changes nothing: in a lab there is nobody else.
 */

import { accessSync, constants } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorName, failed, libc } from './libc.ts'
import { insideProgram } from './program-files.ts'

/** setgroups(2) in each system call table; on 32-bit processors the one that takes long ids. */
const numbers: Partial<Record<string, number>> = {
  ...{ x64: 116, arm64: 159, riscv64: 159, loong64: 159, arm: 206, ia32: 206, ppc64: 81, s390x: 81 },
}

const F_SETFD = 2
const PR_SET_NO_NEW_PRIVS = 38
const SECCOMP_SET_MODE_FILTER = 1
const SECCOMP_RET_ALLOW = 0x7fff0000
/** With no error in it: the call is left out, and returns 0. */
const SECCOMP_RET_ERRNO = 0x00050000

/** What seccomp takes (linux/filter.h): the call's number, which is no other architecture's as the program is this machine's. */
function withoutCall(number: number): { length: number; filter: Buffer } {
  const steps: readonly (readonly [code: number, holds: number, fails: number, value: number])[] = [
    [0x20, 0, 0, 0],
    [0x15, 0, 1, number],
    [0x06, 0, 0, SECCOMP_RET_ERRNO],
    [0x06, 0, 0, SECCOMP_RET_ALLOW],
  ]
  const filter = Buffer.alloc(steps.length * 8)
  for (const [at, [code, holds, fails, value]] of steps.entries()) {
    filter.writeUInt16LE(code, at * 8)
    filter.set([holds, fails], at * 8 + 2)
    filter.writeUInt32LE(value, at * 8 + 4)
  }
  return { length: steps.length, filter }
}

/** Where a program is, but for the folder of what netlab itself has put before others. */
function pathOf(program: string): string | undefined {
  const own = dirname(insideProgram.node)
  return (process.env.PATH ?? '')
    .split(':')
    .filter(folder => folder !== own)
    .map(folder => join(folder, program))
    .find(path => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

const why = 'a program that sets groups is to run where nobody can'
const [program = '', ...args] = process.argv.slice(2)
const path = pathOf(program)
if (path === undefined) {
  process.stderr.write(`${program}: not found; netlab doctor says how to install it\n`)
  process.exit(127)
}
const { fcntl, prctl, seccomp, execv } = libc()
const number = numbers[process.arch]
if (number !== undefined) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) !== 0)
    throw failed('prctl(PR_SET_NO_NEW_PRIVS)', why, errorName())
  const call = process.arch === 'x64' ? 317 : 277
  if (seccomp(call, SECCOMP_SET_MODE_FILTER, 0, withoutCall(number)) !== 0)
    throw failed('seccomp(SECCOMP_SET_MODE_FILTER)', why, errorName())
}
// Node lets nobody have its stdin, stdout and stderr.
for (const stream of [0, 1, 2]) fcntl(stream, F_SETFD, 0)
execv(path, [program, ...args, null])
throw failed(`execv(${path})`, why, errorName())

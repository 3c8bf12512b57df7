/**
 * Becomes the program that its arguments name, with their arguments, for which setgroups(2) does nothing and tells of no failure. A user
 * namespace made by an ordinary user may set no groups (user_namespaces(7)); tcpdump does so before it becomes the user that it is told to
 * be, and gives up where it cannot. That it stays who it is here changes nothing: in a lab there is nobody else.
 */

import { accessSync, constants } from 'node:fs'
import { dirname, join } from 'node:path'
import { allowed, answered, callAt, instruction } from './call-filter.ts'
import { type FilterProgram, filterProgram } from './filter-program.ts'
import { errorName, failed, libc } from './libc.ts'
import { filterCalls, gainNoRights } from './native.ts'
import { insideProgram } from './program-files.ts'
import { systemCalls } from './system-calls.ts'

const F_SETFD = 2

/** The program is this machine's, so its calls are numbered as this process's are. */
function withoutCall(number: number): FilterProgram {
  const { load, ifEqual, give } = instruction
  return filterProgram([
    [load, 0, 0, callAt.number],
    [ifEqual, 0, 1, number],
    [give, 0, 0, answered(0)],
    [give, 0, 0, allowed],
  ])
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
const { fcntl, execv } = libc()
const calls = systemCalls()
if (calls !== undefined) {
  gainNoRights()
  if (filterCalls(calls.seccomp, withoutCall(calls.setgroups)) < 0)
    throw failed('seccomp(SECCOMP_SET_MODE_FILTER)', why, errorName())
}
// Node lets nobody have its stdin, stdout and stderr.
for (const stream of [0, 1, 2]) fcntl(stream, F_SETFD, 0)
execv(path, [program, ...args, null])
throw failed(`execv(${path})`, why, errorName())

import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import { exitCode, NetlabError } from '../errors.ts'

/** Throws where more than one of what is asked for, by its name for people, would come from standard input (`-`). */
export function refuseSharedInput(named: Readonly<Record<string, readonly (string | undefined)[]>>): void {
  const [first, second] = Object.keys(named).filter(what => named[what]?.includes('-'))
  if (first === undefined || second === undefined) return
  throw new NetlabError({
    what: `both ${first} and ${second} would come from standard input`,
    fix: 'put one of them into a file',
    exitCode: exitCode.wrongInput,
  })
}

/** All that comes from standard input. Rejects with the signal's reason where it is broken off: whoever types there may change their mind. */
export async function readStandardInput(signal?: AbortSignal): Promise<string> {
  const { stdin } = process
  try {
    return await text(signal === undefined ? stdin : addAbortSignal(signal, stdin))
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

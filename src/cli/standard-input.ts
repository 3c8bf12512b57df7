import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'

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

/** What work comes to; rejects with the signal's reason after an abort, which ends the wait, not the work. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((done, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(done, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

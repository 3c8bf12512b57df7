import type { Readable } from 'node:stream'
import type { Place } from '../../command/command.ts'
import { exitCode, NetlabError } from '../../errors.ts'
import { type CaptureNews, type CaptureOrder, readNews, startCapturing } from '../../sandbox/capture/order.ts'
import { endAfter } from '../../sandbox/ending.ts'
import { mustStillLive, stillLives } from '../../sandbox/lab-gone.ts'
import { placesGone } from '../../sandbox/place-gone.ts'
import type { ObservedLab } from '../tool.ts'
import { wholeBlocks } from './whole-blocks.ts'

/** A capture that goes on. */
export interface Capture {
  /** `netns_021:eth0`, of each link that there was at its beginning. */
  links: readonly string[]
  /** Links whose kind of frame netlab does not know. */
  leftOut: readonly string[]
  /** Places that have no network namespace any more. */
  gone: readonly Place[]
  /** pcapng, in whole blocks, until it is ended or the lab is. To be read to its end. */
  blocks: AsyncIterable<readonly Buffer[]>
  /** How it ended, once its blocks are read. Throws NetlabError where it was not ended, and the lab lives. */
  outcome(): Promise<CaptureOutcome>
}

export interface CaptureOutcome {
  /** Packets for which the kernel had no room; undefined: nobody was left to say it. */
  dropped: number | undefined
  /** The lab has gone. */
  isDown: boolean
}

/** Milliseconds in which a capture that is told to end has written what it has. */
const lastBlocks = 10_000
/** Characters of what it says that are kept. */
const mostSaid = 1_048_576
const why = 'capturing packets in the lab'

/** Starts to capture, and returns once every link is heard. It ends with the lab, with an abort of its signal, or when it has enough. */
export async function capture({ sandbox, signal }: ObservedLab, order: CaptureOrder): Promise<Capture> {
  signal?.throwIfAborted()
  const program = await startCapturing(sandbox, order)
  let stopWaiting = () => {}
  const stop = () => {
    program.stdin.end()
    stopWaiting = endAfter(lastBlocks, () => program.kill())
  }
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  const ended = program.ended.then(code => {
    signal?.removeEventListener('abort', stop)
    stopWaiting()
    return code
  })
  const said = new Said(program.stderr)
  const first = await said.first
  if (first?.kind !== 'listening') {
    program.stdout.resume()
    const code = await ended
    signal?.throwIfAborted()
    if (first?.kind === 'no link') throw noLink(first)
    if (first?.kind === 'no network') throw placesGone(first.places, why)
    await mustStillLive(sandbox, why)
    throw broken(code, said.rest)
  }
  const { links, leftOut, gone } = first
  const outcome = async (): Promise<CaptureOutcome> => {
    const code = await ended
    if (said.last?.kind === 'ended') return { dropped: said.last.dropped, isDown: false }
    if (!(await stillLives(sandbox))) return { dropped: undefined, isDown: true }
    throw broken(code, said.rest)
  }
  return { links, leftOut, gone, blocks: wholeBlocks(program.stdout), outcome }
}

function noLink({ place, link, links }: Extract<CaptureNews, { kind: 'no link' }>): NetlabError {
  return new NetlabError({
    what: `${place} has no link ${link}`,
    fix: `there are: ${links.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

function broken(code: number, said: string): NetlabError {
  return new NetlabError({
    what: `a program of netlab's in the lab ended with exit code ${code}`,
    why,
    ...(said === '' ? {} : { details: said.trim() }),
  })
}

/** What a capture says besides packets. */
class Said {
  /** Its first news; undefined: it ended without any. */
  readonly first: Promise<CaptureNews | undefined>
  last: CaptureNews | undefined
  /** What is no news. */
  rest = ''
  #line = ''

  constructor(from: Readable) {
    from.setEncoding('utf8')
    this.first = new Promise(resolve => {
      from.once('close', () => resolve(undefined))
      from.on('data', (text: string) => {
        const lines = (this.#line + text).split('\n')
        this.#line = (lines.pop() ?? '').slice(0, mostSaid)
        for (const line of lines) {
          const news = readNews(line)
          if (news === undefined) this.rest = `${this.rest}${line}\n`.slice(0, mostSaid)
          else {
            this.last = news
            resolve(news)
          }
        }
      })
    })
  }
}

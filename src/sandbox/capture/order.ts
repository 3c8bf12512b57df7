import type { Place } from '../../command/command.ts'
import { startProgramAt } from '../enter.ts'
import { insideProgram } from '../program-files.ts'
import type { Sandbox } from '../sandbox.ts'
import type { StartedProgram } from '../started-program.ts'
import type { LinkFilters } from './link-filter.ts'

/** A place whose links are captured: all that are up but `lo`, or those of these names. */
export interface CaptureSource {
  place: Place
  links: 'all' | readonly string[]
}

/** What the program is told that captures. */
export interface CaptureOrder {
  sources: readonly CaptureSource[]
  /** Left out: every packet is wanted. */
  filters?: LinkFilters
  /** Packets after which it is enough; left out: it goes on. */
  count?: number
}

/** What that program tells besides packets. */
export type CaptureNews =
  /** From now on packets are captured; `leftOut`: links whose kind of frame it does not know; `gone`: places without a network namespace. */
  | { kind: 'listening'; links: readonly string[]; leftOut: readonly string[]; gone: readonly Place[] }
  /** Places that have no network namespace any more, and no other is wanted; it has ended. */
  | { kind: 'no network'; places: readonly Place[] }
  /** A place has no link of this name, but these; it has ended. */
  | { kind: 'no link'; place: Place; link: string; links: readonly string[] }
  /** `dropped`: packets for which the kernel had no room. */
  | { kind: 'ended'; captured: number; dropped: number }

/** Starts to capture in a lab: pcapng comes on stdout, news on stderr, line by line. It goes on until its stdin is ended. */
export async function startCapturing(sandbox: Sandbox, order: CaptureOrder): Promise<StartedProgram> {
  const program = await startProgramAt(sandbox, [insideProgram.node, insideProgram.capture])
  program.stdin.write(`${JSON.stringify(order)}\n`)
  return program
}

/** A line of its stderr; undefined: it is no news, but what somebody else has to say there. */
export function readNews(line: string): CaptureNews | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  return isNews(value) ? value : undefined
}

function isNews(value: unknown): value is CaptureNews {
  if (typeof value !== 'object' || value === null) return false
  const news = value as Readonly<Record<string, unknown>>
  const { kind, place, link, links, leftOut, gone, places, captured, dropped } = news
  const areTexts = (one: unknown) => Array.isArray(one) && one.every(each => typeof each === 'string')
  const isCount = (one: unknown) => typeof one === 'number' && Number.isSafeInteger(one) && one >= 0
  switch (kind) {
    case 'listening':
      return areTexts(links) && areTexts(leftOut) && areTexts(gone)
    case 'no network':
      return areTexts(places)
    case 'no link':
      return typeof place === 'string' && typeof link === 'string' && areTexts(links)
    case 'ended':
      return isCount(captured) && isCount(dropped)
    default:
      return false
  }
}

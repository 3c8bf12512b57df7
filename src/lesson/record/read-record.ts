import { readFileSync, statSync } from 'node:fs'
import { nothingBefore, unseal } from './chain.ts'
import { type Entry, isEntry } from './entries.ts'

/** Bytes of a record, at most: what a lesson can come to, in which shells print as much as is recorded. */
const largest = 32 * 1024 * 1024

/** Why a record is not to be trusted, or not to be trusted in all. */
export interface Doubt {
  kind: 'changed' | 'damaged' | 'backwards' | 'clock' | 'other text' | 'copied'
  words: string
}

/** A record that was read. */
export interface ReadRecord {
  file: string
  /** Those that could be read, in order; the first one begins. */
  entries: readonly Entry[]
  /** Of each entry, in the same order. */
  hashes: readonly string[]
  doubts: readonly Doubt[]
}

/** Reads a record, whatever it holds; a text says why it is none. */
export function readRecord(path: string, file: string): ReadRecord | { file: string; refusal: string } {
  let text: string
  try {
    const { size } = statSync(path)
    if (size > largest) return { file, refusal: `it is larger than any record: ${size} bytes` }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return { file, refusal: (error as Error).message }
  }
  return parseRecord(text, file)
}

/** Reads the text of a record. */
export function parseRecord(text: string, file: string): ReadRecord | { file: string; refusal: string } {
  const lines = text.split('\n')
  // The last line is whole where a line break is behind it; a lesson that was killed may have left a part of one.
  const rest = lines.pop()
  const entries: Entry[] = []
  const hashes: string[] = []
  const doubts: Doubt[] = []
  let before = nothingBefore
  for (const [at, line] of lines.entries()) {
    const read = readLine(line, before)
    if (read === undefined || read.entry.n !== at || (at === 0) !== (read.entry.kind === 'begin')) {
      if (at === 0) return { file, refusal: 'it does not begin as a record does' }
      doubts.push({
        kind: 'damaged',
        words: `line ${at + 1} is no entry that could stand there; it was read up to there`,
      })
      break
    }
    if (read.broken !== undefined && doubts.every(({ kind }) => kind !== 'changed')) {
      const words =
        read.broken === 'changed' ? `entry ${at} was changed` : `what stood before entry ${at} was changed`
      doubts.push({ kind: 'changed', words })
    }
    entries.push(read.entry)
    hashes.push(read.sha256)
    before = read.sha256
  }
  if (entries.length === 0)
    return { file, refusal: rest === '' ? 'it is empty' : 'it does not begin as a record does' }
  return { file, entries, hashes, doubts: [...doubts, ...clockDoubts(entries)] }
}

function readLine(
  line: string,
  before: string,
): { entry: Entry; sha256: string; broken?: string } | undefined {
  try {
    const { value, sha256, broken } = unseal(line, before)
    return isEntry(value) ? { entry: value, sha256, ...(broken === undefined ? {} : { broken }) } : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds by which the machine's clock may be set or drift between two entries. */
const drift = 60_000

function clockDoubts(entries: readonly Entry[]): Doubt[] {
  const doubts: Doubt[] = []
  for (const [at, entry] of entries.entries()) {
    const last = entries[at - 1]
    if (last === undefined) continue
    const passed = entry.at - last.at
    const shown = Date.parse(entry.time) - Date.parse(last.time)
    if (passed < 0) doubts.push({ kind: 'backwards', words: `entry ${at} is earlier than the one before` })
    else if (Math.abs(shown - passed) > drift)
      doubts.push({
        kind: 'clock',
        words: `between entries ${at - 1} and ${at} the clock went ${Math.round((shown - passed) / 1000)} s further than the time that passed (it was set, or the machine slept)`,
      })
  }
  // One of each kind says it.
  return doubts.filter((doubt, at) => doubts.findIndex(({ kind }) => kind === doubt.kind) === at)
}

/** Entries of two lessons that may come at the same milliseconds by chance. */
const alikeByChance = 8

/** Which other records a record has entries of: the same ones, or ones that came at the same milliseconds. */
export function copies(records: readonly ReadRecord[]): Map<ReadRecord, Doubt> {
  const owners = new Map<string, ReadRecord[]>()
  const marks = new Map(records.map(record => [record, marksOf(record)]))
  for (const [record, ofIt] of marks)
    for (const mark of ofIt) {
      const known = owners.get(mark)
      if (known === undefined) owners.set(mark, [record])
      else known.push(record)
    }
  const found = new Map<ReadRecord, Doubt>()
  for (const [record, ofIt] of marks) {
    const shared = new Map<ReadRecord, number>()
    for (const mark of ofIt)
      for (const owner of owners.get(mark) ?? [])
        if (owner !== record) shared.set(owner, (shared.get(owner) ?? 0) + 1)
    const [most, count = 0] = [...shared].sort(([, one], [, other]) => other - one)[0] ?? []
    const same = records.find(other => other !== record && other.hashes[0] === record.hashes[0])
    if (same === undefined && count <= alikeByChance) continue
    found.set(record, { kind: 'copied', words: `it has entries in common with ${(same ?? most)?.file}` })
  }
  return found
}

/** What an entry is known by: who copies a record and puts another name into it changes each hash, and no time. */
function marksOf({ entries }: ReadRecord): Set<string> {
  // What shells print is too much for chance.
  const told = entries.slice(1).filter(({ kind }) => kind !== 'printed')
  return new Set(told.map(({ at, kind }) => `${at} ${kind}`))
}

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { exitCode, NetlabError } from '../../errors.ts'
import type { Lab } from '../../model/lab.ts'
import { type BuiltAgain, buildAgain } from './build-again.ts'
import { hashOf } from './chain.ts'
import { type GradedRecord, grade } from './graded.ts'
import { copies, type ReadRecord, readRecord } from './read-record.ts'
import { labTextHash } from './recorder.ts'
import { type Deed, deedsOf } from './replay.ts'

/** What became of the records of a folder. */
export interface GradeReport {
  records: readonly GradedInFull[]
  /** Files that are no records, and why. */
  unread: readonly { file: string; refusal: string }[]
  /** Every record is whole and its end state holds as it says. */
  ok: boolean
}

/** A record, graded, and its end state as it was built again; left out: nobody was asked to. */
export type GradedInFull = GradedRecord & { again?: BuiltAgain }

export interface GradeOptions {
  /** The lab as the teacher has it, by its name; undefined: it is not known. */
  labOf: (name: string) => Lab | undefined
  rebuild: boolean
  signal: AbortSignal
  /** Hears how many of the end states have been built again. */
  tell: (done: number, count: number) => void
}

/** Records of a folder that are read. */
const mostRecords = 1000

/** Grades all records of a folder. Throws NetlabError where there is none. */
export async function gradeFolder(folder: string, options: GradeOptions): Promise<GradeReport> {
  const { records, unread } = readFolder(folder)
  const copied = copies(records)
  const graded = records.map(record => {
    const doubts = [
      ...record.doubts,
      ...otherText(record, options),
      ...(copied.has(record) ? [copied.get(record)!] : []),
    ]
    return grade({ ...record, doubts })
  })
  const states = options.rebuild ? await buildAll(records, options) : []
  const full = graded.map((each, at) => {
    const again = states[at]
    return again === undefined ? each : { ...each, again }
  })
  const ok = unread.length === 0 && full.every(isFine)
  return {
    records: full.sort((one, other) => order(one).localeCompare(order(other), 'en', { numeric: true })),
    unread,
    ok,
  }
}

/** Whether nothing about a record is doubtful. */
export function isFine({ doubts, again }: GradedInFull): boolean {
  return doubts.length === 0 && again?.state !== 'differs'
}

function order({ lab, student, began }: GradedRecord): string {
  return `${lab}\0${student}\0${began}`
}

function readFolder(folder: string) {
  let names: string[]
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.jsonl'))
      .map(({ name }) => name)
      .sort()
  } catch (cause) {
    const what = `${folder} cannot be read as a folder`
    throw new NetlabError({
      what,
      fix: 'give the folder of the records',
      exitCode: exitCode.wrongInput,
      cause,
    })
  }
  if (names.length === 0 || names.length > mostRecords)
    throw new NetlabError({
      what: `${folder} has ${names.length === 0 ? 'no' : `${names.length}`} records (*.jsonl)`,
      fix:
        names.length === 0
          ? 'netlab walk LAB --record FILE.jsonl writes one'
          : `grade at most ${mostRecords} at once`,
      exitCode: exitCode.wrongInput,
    })
  const records: ReadRecord[] = []
  const unread: { file: string; refusal: string }[] = []
  for (const name of names) {
    const read = readRecord(join(folder, name), name)
    if ('refusal' in read) unread.push(read)
    else records.push(read)
  }
  return { records, unread }
}

function otherText({ entries: [begin] }: ReadRecord, { labOf }: GradeOptions): ReadRecord['doubts'] {
  const lab = begin?.kind === 'begin' ? labOf(begin.lab) : undefined
  if (begin?.kind !== 'begin' || lab === undefined || labTextHash(lab) === begin.text) return []
  return [{ kind: 'other text', words: `its lab ${begin.lab} has another text than yours` }]
}

/** Builds each end state once, however many records end in it. */
async function buildAll(records: readonly ReadRecord[], options: GradeOptions): Promise<BuiltAgain[]> {
  const wanted = new Map<string, { lab: Lab; deeds: Deed[] }>()
  const keys = records.map(({ entries }) => {
    const [begin] = entries
    const lab = begin?.kind === 'begin' ? options.labOf(begin.lab) : undefined
    if (lab === undefined) return undefined
    const deeds = deedsOf(entries)
    const key = hashOf(JSON.stringify([lab.name, deeds.map(withoutShell)]))
    if (!wanted.has(key)) wanted.set(key, { lab, deeds })
    return key
  })
  const built = new Map<string, BuiltAgain>()
  for (const [at, [key, { lab, deeds }]] of [...wanted].entries()) {
    options.signal.throwIfAborted()
    const name = `grade-${process.pid}-${at + 1}`
    built.set(key, await buildAgain(lab, name, deeds, options.signal))
    options.tell(built.size, wanted.size)
  }
  return keys.map(key =>
    key === undefined
      ? { state: 'not built', words: 'its lab is not known here: give it with --lab FILE' }
      : built.get(key)!,
  )
}

/** A process's number says which lines belong together, and nothing else. */
function withoutShell(deed: Deed): unknown {
  const shells = [...new Set(deed.typed.map(({ shell }) => shell))]
  return { ...deed, typed: deed.typed.map(each => ({ ...each, shell: shells.indexOf(each.shell) })) }
}

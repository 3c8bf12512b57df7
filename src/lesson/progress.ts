import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { own } from '../command/own.ts'
import { NetlabError } from '../errors.ts'
import { fnv1a } from '../model/fnv.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { type Kept, type KeptFile, keptText, readKept } from '../run/kept-file.ts'
import { fields, flag, matching, record, whole } from '../run/shape.ts'
import { writeWhole } from '../sandbox/state-folder.ts'

/** Where somebody is in the lesson of a lab. */
export interface LessonPlace {
  /** Steps that were walked through, the tasks of all of them done. */
  steps: number
  /** Of so many. */
  of: number
  /** The lesson was walked to its end, once. */
  done: boolean
  /** What the steps do, as a number: a lab that is another one now has another. */
  print: number
  /** The day, `2025-03-01`. */
  day: string
}

const mostSteps = 100_000

const progressFile: KeptFile = {
  name: 'progress.json',
  version: 1,
  shape: fields({
    labs: record(
      fields({
        ...{ steps: whole(0, mostSteps), of: whole(1, mostSteps), done: flag },
        ...{ print: whole(0, 0xffffffff), day: matching(/^\d{4}-\d\d-\d\d$/) },
      }),
    ),
  }),
}

/** Labs of which the place is kept; those of which nothing was heard for longest go. */
const mostLabs = 500

type Places = Readonly<Record<string, LessonPlace>>

/** The file that has it: one for all labs, which may be removed at any time. */
export function progressPath(env: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: said } = env
  // The specification of XDG's folders: a path that is not absolute counts for nothing.
  const home = said !== undefined && isAbsolute(said) ? said : join(homedir(), '.local', 'state')
  return join(home, 'netlab', progressFile.name)
}

/** Where somebody is in each lab, by `progressKey`; empty where nothing can be known. `trouble`: the file is there, and cannot be read. */
export function readPlaces(path: string = progressPath()): { places: Places; trouble?: NetlabError } {
  const kept = readFile(path)
  if ('value' in kept) return { places: kept.value.labs }
  return kept.lost === 'missing' ? { places: {} } : { places: {}, trouble: notRead(path, kept.lost) }
}

/** The place in one lab; undefined: nobody has been there. */
export function placeIn(places: Places, key: string): LessonPlace | undefined {
  return own(places, key)
}

/** Keeps where somebody is; one that was damaged is written anew. Throws NetlabError where it cannot be written, or is a newer netlab's. */
export function keepPlace(
  key: string,
  place: Omit<LessonPlace, 'done'>,
  path: string = progressPath(),
): void {
  const kept = readFile(path)
  if ('lost' in kept && kept.lost === 'newer') throw notRead(path, kept.lost)
  const places = 'value' in kept ? kept.value.labs : {}
  const done = place.steps === place.of || own(places, key)?.done === true
  const { [key]: _, ...others } = places
  const labs = Object.fromEntries([...Object.entries(others).slice(1 - mostLabs), [key, { ...place, done }]])
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeWhole(path, keptText(progressFile, { labs }))
  } catch (cause) {
    throw new NetlabError({ what: `where you are in the lesson cannot be kept in ${path}`, cause })
  }
}

/** What the steps of a lab do, as a number, in whatever language their words are. */
export function printOf({ lab, plan }: LabInCondition): number {
  const steps = lab.steps.map(({ build, run, check, task }) => [build, run, check, task?.start, task?.goal])
  return fnv1a(JSON.stringify([plan.steps.length, steps]))
}

function readFile(path: string): Kept<{ labs: Places }> {
  try {
    return readKept<{ labs: Places }>(dirname(path), progressFile)
  } catch {
    return { lost: 'damaged' }
  }
}

function notRead(path: string, lost: 'damaged' | 'newer'): NetlabError {
  return new NetlabError({
    what: `what is known of your lessons cannot be read: ${path}`,
    why: lost === 'newer' ? 'a newer netlab has written it' : 'it is damaged, or not yours',
    fix: lost === 'newer' ? 'use the newer netlab' : `the next lesson writes it anew; rm ${path} removes it`,
  })
}

import type { Place } from '../../command/command.ts'
import type { ExplainedChains } from '../../graph/explained-rules.ts'
import type { GraphPlace } from '../../graph/graph.ts'
import type { Shapes } from '../graph/shapes.ts'
import type { LessonPart } from './lesson-part.ts'

/** A place as the page lists it. */
export interface PlacePart {
  name: Place
  kind: GraphPlace['kind']
  /** What is off there, in words. */
  marks: readonly string[]
  /** Its interfaces, and whether each is up. */
  links: readonly { name: string; up: boolean }[]
}

/** What can be asked for. */
export interface Target {
  /** What it is: `default/web`, `netns_011`. */
  name: string
  /** As `netlab trace` takes it. */
  url: string
}

/** What the page knows of a lab: each part is sent when it has changed. */
export interface Parts {
  lab: { name: string; title: string; targets: readonly Target[] }
  places: readonly PlacePart[]
  /** What is off about services, bridges and networks. */
  marks: readonly string[]
  /** The drawing, and which of its boxes are places. */
  drawing: { shapes: Shapes; places: Readonly<Record<string, Place>> }
  /** Chains, without their counters. */
  rules: readonly ExplainedChains[]
  /** How many packets each rule has matched, in the order of `rules`; null: nobody counts them. */
  packets: readonly (number | null)[]
  /** How many connections each arrow of the drawing stands for, by its line. */
  arrows: Readonly<Record<string, number>>
  lesson: LessonPart
}

/** What a window hears of its shells, to the byte: it is for a terminal, and not for the page. */
export type ShellTold =
  /** Who it is, when it asks for a shell. */
  | { kind: 'reader'; id: string }
  | { kind: 'printed'; shell: number; base64: string }
  | { kind: 'left'; shell: number; words: string }

/** One part that has changed, or the end: the lab is down, or is being built again. */
export type Told =
  | ShellTold
  | { [Name in keyof Parts]: { kind: 'part'; name: Name; value: Parts[Name] } }[keyof Parts]
  | { kind: 'busy'; words: string }
  | { kind: 'trouble'; words: string }
  | { kind: 'ended'; words: string }

/** The parts of `now` that are not as `before` had them, each as JSON. */
export function changedParts(
  before: Readonly<Partial<Record<keyof Parts, string>>>,
  now: Partial<Parts>,
): Partial<Record<keyof Parts, string>> {
  const texts = Object.entries(now).map(
    ([name, value]) => [name as keyof Parts, JSON.stringify(value)] as const,
  )
  return Object.fromEntries(texts.filter(([name, text]) => before[name] !== text))
}

import { setTimeout as sleep } from 'node:timers/promises'
import { explained, NetlabError } from '../errors.ts'
import { type ExplainedChains, explainedRules } from '../graph/explained-rules.ts'
import type { Graph } from '../graph/graph.ts'
import { areRulesDrawn, chainsInKernels } from '../graph/lab-rules.ts'
import { graphOfRunning } from '../graph/running-graph.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { openLab } from '../run/lab-state.ts'
import { sandboxLives } from '../sandbox/sandbox.ts'
import { labDrawing } from '../view/graph/lab-drawing.ts'
import { layoutOf } from '../view/graph/layout.ts'
import { onDrawing } from '../view/graph/on-drawing.ts'
import { type Shapes, shapesOf } from '../view/graph/shapes.ts'
import {
  arrowCounts,
  countersOf,
  otherMarks,
  placeParts,
  targetsOf,
  withoutCounters,
} from '../view/live/lab-parts.ts'
import { changedParts, type Parts, type Told } from '../view/live/parts.ts'
import { printableValue } from '../view/printable.ts'

/** Milliseconds between two looks at a lab; where a look takes long, three times as long. */
const tick = 1000
/** Milliseconds that a look at the kernel may take. */
const patience = 30_000

/** A lab as the page shows it at this moment. Throws where it does not run. */
export type Shown = () => Pick<ObservedLab, 'sandbox' | 'running'>

/** A lab that runs, as it is after its last step. */
export function shownRunning(name: string): Shown {
  return () => {
    const { sandbox, running } = openLab(name)
    return { sandbox, running }
  }
}

/** Looks at a running lab for as long as somebody wants to know, and tells what has changed. */
export class LabWatch {
  readonly #name: string
  readonly #shown: Shown
  readonly #signal: AbortSignal
  readonly #readers = new Set<(told: Told) => void>()
  #texts: Partial<Record<keyof Parts, string>> = {}
  #drawn: { of: string; shapes: Shapes } | undefined
  #explained: { of: string; rules: readonly ExplainedChains[] } | undefined
  #looking: Promise<void> | undefined
  #work: Promise<unknown> = Promise.resolve()
  #busy = ''
  #trouble = ''

  constructor(name: string, shown: Shown, signal: AbortSignal) {
    this.#name = name
    this.#shown = shown
    this.#signal = signal
  }

  /** Tells a new reader all that is known, and from then on what changes, until it has gone. */
  listen(send: (told: Told) => void, gone: AbortSignal): void {
    this.#readers.add(send)
    gone.addEventListener('abort', () => this.#readers.delete(send))
    // Also where there is none: a page that was away for a while may still show what there was before.
    tellTo(send, { kind: 'busy', words: this.#busy })
    tellTo(send, { kind: 'trouble', words: this.#trouble })
    for (const [name, text] of Object.entries(this.#texts)) tellTo(send, partTold(name, text))
    void this.look()
  }

  /** Looks until the lab has ended, or the signal aborts; tells which. */
  async run(): Promise<'ended' | 'stopped'> {
    while (!this.#signal.aborted) {
      const began = performance.now()
      if (this.#busy === '' && !this.#lives()) {
        this.#tell({ kind: 'ended', words: `${this.#name} is down` })
        return 'ended'
      }
      if (this.#readers.size > 0) await this.look()
      const took = performance.now() - began
      await sleep(Math.max(tick, took * 3), undefined, { signal: this.#signal }).catch(() => {})
    }
    return 'stopped'
  }

  /** While it goes on the lab may be gone for a moment, or be busy with something that nobody should disturb. */
  async whileBusy<T>(words: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy !== '')
      throw new NetlabError({ what: `not now: ${this.#busy}`, fix: 'wait until that is done' })
    this.#busy = words
    this.#tell({ kind: 'busy', words })
    const done = Promise.resolve(this.#looking).then(work)
    this.#work = done.catch(() => {})
    try {
      return await done
    } finally {
      this.#busy = ''
      this.#tell({ kind: 'busy', words: '' })
      void this.look()
    }
  }

  /** Settles when nothing goes on that somebody has asked for. */
  async idle(): Promise<void> {
    await this.#work
  }

  /** Looks now, and tells what has changed. What goes wrong is told, too. */
  look(): Promise<void> {
    if (this.#busy !== '') return Promise.resolve()
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** Tells what somebody else than the kernel knows, where it has changed. */
  put(now: Partial<Parts>): void {
    const changed = changedParts(this.#texts, now)
    this.#texts = { ...this.#texts, ...changed }
    for (const [name, text] of Object.entries(changed)) this.#tell(partTold(name, text))
  }

  async #lookOnce(): Promise<void> {
    try {
      this.put(await this.#parts())
      this.#complain('')
    } catch (error) {
      if (this.#signal.aborted || !this.#lives()) return
      const known = explained(error)
      this.#complain(known instanceof Error ? known.message : String(known))
    }
  }

  #complain(words: string): void {
    if (words === this.#trouble) return
    this.#trouble = words
    this.#tell({ kind: 'trouble', words })
  }

  #lives(): boolean {
    try {
      return sandboxLives(this.#shown().sandbox)
    } catch {
      return false
    }
  }

  #tell(told: Told): void {
    for (const send of this.#readers) tellTo(send, told)
  }

  async #parts(): Promise<Omit<Parts, 'lesson'>> {
    const { sandbox, running } = this.#shown()
    const { lab, condition, outlines } = running
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(patience)])
    const observed = { sandbox, running, signal }
    const graph = await graphOfRunning(observed)
    const chains = areRulesDrawn(lab) ? await chainsInKernels(observed) : []
    const on = onDrawing(graph)
    const rules = withoutCounters(chains)
    const of = JSON.stringify([lab, condition, outlines.length, rules])
    if (this.#explained?.of !== of) this.#explained = { of, rules: explainedRules(running, rules) }
    return {
      lab: { name: lab.name, title: lab.title, targets: targetsOf(graph) },
      places: placeParts(graph),
      marks: otherMarks(graph),
      drawing: { shapes: await this.#shapes(graph), places: on.places },
      rules: this.#explained.rules,
      packets: countersOf(chains),
      arrows: arrowCounts(on, chains),
    }
  }

  async #shapes(graph: Graph): Promise<Shapes> {
    const drawing = labDrawing(graph)
    const of = JSON.stringify(drawing)
    if (this.#drawn?.of !== of) this.#drawn = { of, shapes: shapesOf(await layoutOf(drawing)) }
    return this.#drawn.shapes
  }
}

function partTold(name: string, text: string): Told {
  return { kind: 'part', name, value: JSON.parse(text) } as Told
}

/** What labs, programs and servers have written is text on the page. */
function tellTo(send: (told: Told) => void, told: Told): void {
  send(printableValue(told) as Told)
}

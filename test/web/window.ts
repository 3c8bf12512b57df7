import { type ClientRequest, request } from 'node:http'
import type { Told } from '../../src/view/live/parts.ts'
import { ask } from './ask.ts'

/** Milliseconds that something may take to be heard: an end, not a measure. */
const patience = 60_000

/** A window that has a page open: it hears all events from its opening to its closing, and asks as a browser does. */
export class PageWindow {
  readonly address: string
  readonly heard: Told[] = []
  readonly #asked: ClientRequest
  readonly #waiting = new Set<() => void>()
  #isOver = false

  constructor(address: string) {
    this.address = address
    this.#asked = request(new URL('events', address), { agent: false }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
        const events = text.split('\n\n')
        text = events.pop() ?? ''
        this.heard.push(...events.map(event => JSON.parse(event.replace(/^data: /, '')) as Told))
        for (const look of this.#waiting) look()
      })
      response.on('close', () => {
        this.#isOver = true
        for (const look of this.#waiting) look()
      })
    })
    this.#asked.on('error', () => {})
    this.#asked.end()
  }

  /** What it has heard, as soon as `find` finds something in that. Rejects where the events end before. */
  async until<Found>(find: (heard: readonly Told[]) => Found | undefined): Promise<Found> {
    return new Promise((resolve, reject) => {
      const patient = setTimeout(() => reject(new Error(`not heard: ${find}`)), patience)
      const look = () => {
        const found = find(this.heard)
        if (found === undefined && !this.#isOver) return
        this.#waiting.delete(look)
        clearTimeout(patient)
        if (found === undefined) reject(new Error('the events ended before'))
        else resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Who it is to netlab view. */
  get reader(): Promise<string> {
    return this.until(heard => heard.flatMap(told => (told.kind === 'reader' ? [told.id] : []))[0])
  }

  /** Asks for something, as the page itself; `more` headers, or others. */
  async order(name: string, body: unknown, more: Readonly<Record<string, string>> = {}) {
    const { origin, pathname } = new URL(this.address)
    const { status, text } = await ask(this.address, {
      ...{ path: pathname + name, method: 'POST', body: JSON.stringify(body) },
      headers: { origin, 'content-type': 'application/json', ...more },
    })
    return { status, told: status === 403 ? text : JSON.parse(text) }
  }

  close(): void {
    this.#asked.destroy()
  }
}

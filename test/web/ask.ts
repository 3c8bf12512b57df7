import { request } from 'node:http'
import type { Told } from '../../src/view/live/parts.ts'

/** A request as anybody could make it, also one that no browser would. */
export interface Question {
  method?: string
  /** In place of the address's own path, to the byte. */
  path?: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

export interface Answer {
  status: number
  headers: Readonly<Record<string, unknown>>
  text: string
}

/** Asks at an address and waits for the end of the answer. */
export function ask(
  address: string,
  { method = 'GET', path, headers, body }: Question = {},
): Promise<Answer> {
  const { hostname, port, pathname } = new URL(address)
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: hostname, port, method, path: path ?? pathname, headers: { ...headers }, agent: false },
      response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Reads the events of a page until one of them has these words; the rest is left unread. */
export async function told(address: string, words: string): Promise<void> {
  await heard(address, event => JSON.stringify(event).includes(words))
}

/** Reads the events of a page until one of them is as it should be; the rest is left unread. */
export function heard(address: string, fits: (event: Told) => boolean): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL('events', address), { agent: false }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
        const events = text.split('\n\n')
        text = events.pop() ?? ''
        const found = events.map(event => JSON.parse(event.replace(/^data: /, '')) as Told).find(fits)
        if (found === undefined) return
        resolve(found)
        asked.destroy()
      })
      response.on('end', () => reject(new Error('the events ended before')))
    })
    asked.on('error', reject)
    asked.end()
  })
}

import type { Failed, Orders, ShellOrders } from '../live/orders.ts'
import type { Parts, ShellTold, Told } from '../live/parts.ts'

/** What the page knows. */
export interface Known {
  parts: Partial<Parts>
  /** What goes on in the lab at this moment; empty: nothing. */
  busy: string
  /** Why the lab cannot be looked at. */
  trouble: string
  /** Told once the lab has ended. */
  ended: string
  /** Whether netlab view answers. */
  connected: boolean
  /** Who this window is to netlab view. */
  reader: string
}

export const nothingKnown: Known = {
  parts: {},
  busy: '',
  trouble: '',
  ended: '',
  connected: false,
  reader: '',
}

/** What is known after something was told. */
function withTold(known: Known, told: Told): Known {
  switch (told.kind) {
    case 'part':
      return { ...known, parts: { ...known.parts, [told.name]: told.value } }
    case 'busy':
      return { ...known, busy: told.words }
    case 'trouble':
      return { ...known, trouble: told.words }
    case 'ended':
      return { ...known, ended: told.words, connected: false }
    case 'reader':
      return { ...known, reader: told.id }
    case 'printed':
    case 'left':
      return known
  }
}

/** Listens to netlab view until the lab has ended; `shells` hears of the window's shells. Returns what stops it. */
export function listen(
  change: (next: (known: Known) => Known) => void,
  shells: (told: ShellTold) => void,
): () => void {
  const events = new EventSource('events')
  events.onopen = () => change(known => ({ ...known, connected: true }))
  events.onerror = () => change(known => ({ ...known, connected: false }))
  events.onmessage = ({ data }) => {
    const told = JSON.parse(data) as Told
    if (told.kind === 'ended') events.close()
    if (told.kind === 'reader' || told.kind === 'printed' || told.kind === 'left') shells(told)
    change(known => withTold(known, told))
  }
  return () => events.close()
}

/** An order that could not be carried out. */
export class OrderError extends Error {
  override readonly name = 'OrderError'
  readonly failed: Failed

  constructor(failed: Failed) {
    super(failed.what)
    this.failed = failed
  }
}

type AnyOrders = Orders & ShellOrders

/** Asks netlab view to do something. Throws OrderError where it does not. */
export async function order<Name extends keyof AnyOrders>(
  name: Name,
  body: AnyOrders[Name]['body'],
): Promise<AnyOrders[Name]['told']> {
  const response = await fetch(name, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new OrderError({ what: 'netlab view does not answer any more' })
  })
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const told = isJson ? await response.json() : { what: await response.text() }
  if (!response.ok) throw new OrderError(told as Failed)
  return told as AnyOrders[Name]['told']
}

import { createHash, timingSafeEqual } from 'node:crypto'

/** What tells the page's own requests from others'. */
export interface Door {
  /** The port of 127.0.0.1 that the server listens on. */
  port: number
  /** The first part of each path: who knows it may ask. */
  token: string
}

/** What a request says of itself. */
export interface Asked {
  method: string
  /** The path as it came, with its query. */
  url: string
  host?: string | undefined
  origin?: string | undefined
  /** The header Sec-Fetch-Site, which browsers write and scripts cannot. */
  fetchSite?: string | undefined
  contentType?: string | undefined
}

/** What a request is answered with that may not come in. */
export interface Refusal {
  status: 403 | 405 | 415
  words: string
  /** The methods that there are instead. */
  allow?: string
}

/** Methods of what only reads; all else is asked for by POST. */
const reading: readonly string[] = ['GET', 'HEAD']

/**
 * The path behind the token of a request that may come in. Whoever does not know the token may not; nor a page of somebody else that a
 * browser shows: neither under another name for this machine (DNS rebinding: the header Host) nor from another origin.
 */
export function admitted(asked: Asked, door: Door): { path: string } | Refusal {
  const { method, url, host, origin, fetchSite, contentType } = asked
  const hosts = ownHosts(door)
  if (host === undefined || !hosts.includes(host))
    return refused(403, `this is ${hosts[0]}, and answers to no other name`)
  const [, token = '', path] = /^\/([^/?#]*)(?:\/([^?#]*))?/.exec(url) ?? []
  if (path === undefined || !isSame(token, door.token))
    return refused(403, 'the address lacks its token: take the one that netlab view has printed')
  const isReading = reading.includes(method)
  if (!isReading && method !== 'POST')
    return { status: 405, words: `${method} is not known here`, allow: 'GET, HEAD, POST' }
  const isOwn = origin !== undefined && hosts.includes(origin.replace(/^http:\/\//, ''))
  if (origin !== undefined && !isOwn) return refused(403, 'another page may not ask here')
  if (!isReading && !isOwn) return refused(403, 'only the page itself may ask for that')
  // A link to the page may stand anywhere; what the page consists of is its own.
  if (path !== '' && fetchSite !== undefined && !['same-origin', 'none'].includes(fetchSite))
    return refused(403, 'another page may not ask here')
  if (method === 'POST' && contentType !== 'application/json')
    return { status: 415, words: 'an order is JSON: content-type application/json' }
  return { path }
}

function refused(status: 403, words: string): Refusal {
  return { status, words }
}

/** `localhost` never leads elsewhere: browsers do not ask a name server for it (RFC 6761). They leave HTTP's own port out. */
function ownHosts({ port }: Door): string[] {
  const names = ['127.0.0.1', 'localhost']
  return [...(port === 80 ? names : []), ...names.map(name => `${name}:${port}`)]
}

/** Takes as long whatever is wrong. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}

/** Headers of every answer: nothing from elsewhere, nothing in line, nothing kept, in nobody's frame. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NetlabError } from '../errors.ts'
import { admitted, type Door, safeHeaders } from './gate.ts'

/** What a browser gets at a path. */
export interface PageText {
  type: string
  text: string | Buffer
}

/** What there is at a path: a text, a stream of events, or an order that is carried out. */
export interface Room {
  texts: ReadonlyMap<string, () => PageText>
  /** Called for each reader of the events; `send` writes one, and `gone` aborts when the reader has left. */
  events: (send: (event: unknown) => void, gone: AbortSignal) => void
  /** Carries out an order, by its path. What it throws is told to the page. */
  order: (path: string, body: unknown) => Promise<unknown>
  /** What the page is told of an error. */
  told: (error: unknown) => { status: number; body: unknown }
}

/** A server that listens. */
export interface PageServer {
  /** What to open: it has the token in it. */
  address: string
  /** Ends it, with all that is under way. */
  close(): Promise<void>
}

/** Readers of events at once; more than a person has windows. */
const mostReaders = 16
/** Bytes of an order. */
const longestOrder = 64 * 1024
/** Bytes that a reader may be behind before it is left. */
const mostUnread = 16 * 1024 * 1024

/** Serves a page on 127.0.0.1. Throws NetlabError where the port is taken. */
export async function servePage(room: Room, port: number): Promise<PageServer> {
  const token = randomBytes(24).toString('base64url')
  const door = { port: 0, token }
  const readers = new Set<AbortController>()
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 },
    (request, response) => {
      answer(request, response, { room, door, readers }).catch((error: unknown) => {
        const { status, body } = room.told(error)
        sendJson(response, status, body)
      })
    },
  )
  server.maxConnections = 128
  await listening(server, port)
  door.port = (server.address() as AddressInfo).port
  return {
    address: `http://127.0.0.1:${door.port}/${token}/`,
    close: async () => {
      for (const reader of readers) reader.abort()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
    })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new NetlabError({
      what: `port ${port} of 127.0.0.1 cannot be listened on${code === 'EADDRINUSE' ? ': somebody else does' : ''}`,
      fix: 'leave --port out: a free one is taken then',
      cause,
    })
  }
}

interface Inside {
  room: Room
  door: Door
  readers: Set<AbortController>
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { room, door, readers }: Inside,
): Promise<void> {
  for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value)
  const { method = '', url = '', headers } = request
  const { host, origin, 'sec-fetch-site': fetchSite, 'content-type': contentType } = headers
  const entered = admitted({ method, url, host, origin, fetchSite: single(fetchSite), contentType }, door)
  if ('status' in entered) {
    if (entered.allow !== undefined) response.setHeader('allow', entered.allow)
    sendText(response, entered.status, 'text/plain; charset=utf-8', `${entered.words}\n`)
    return
  }
  const { path } = entered
  if (method === 'POST') {
    sendJson(response, 200, await room.order(path, await bodyOf(request)))
    return
  }
  if (path === 'events' && method === 'GET') {
    tellEvents(response, room, readers)
    return
  }
  const text = room.texts.get(path)?.()
  if (text === undefined) sendText(response, 404, 'text/plain; charset=utf-8', 'there is nothing here\n')
  else sendText(response, 200, text.type, text.text)
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}

/** Server-sent events (HTML Standard, 9.2): each is one line of JSON. */
function tellEvents(response: ServerResponse, room: Room, readers: Set<AbortController>): void {
  if (readers.size >= mostReaders) {
    sendText(response, 503, 'text/plain; charset=utf-8', 'the page is open too often\n')
    return
  }
  const reader = new AbortController()
  readers.add(reader)
  const leave = () => {
    readers.delete(reader)
    reader.abort()
    response.destroy()
  }
  response.on('close', leave)
  response.on('error', leave)
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  reader.signal.addEventListener('abort', () => response.end())
  room.events(event => {
    if (reader.signal.aborted) return
    response.write(`data: ${JSON.stringify(event)}\n\n`)
    if (response.writableLength > mostUnread) leave()
  }, reader.signal)
}

/** The JSON of an order. Throws NetlabError for one that is too long, or none. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestOrder) throw new NetlabError({ what: 'the order is too long' })
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    throw new NetlabError({ what: 'the order is no JSON', cause })
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, 'application/json; charset=utf-8', JSON.stringify(body))
}

function sendText(response: ServerResponse, status: number, type: string, text: string | Buffer): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  // What was not read of a request is not waited for.
  if (status >= 400) response.setHeader('connection', 'close')
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}

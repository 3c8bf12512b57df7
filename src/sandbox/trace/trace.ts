/**
 * Makes one request in a lab and tells all that the kernel does with its packets: on the links, at the rules, in the table of
 * connections. Steps into a place's network namespace for the calls that make sockets and start programs, which then stay there. Reads
 * a TraceOrder on stdin, writes TraceSeen.
 */

import { openSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { host, namespacesFolder } from '../../command/command.ts'
import { homeNetwork, setns, withinNetwork } from '../native-network.ts'
import { goneWords, hasNetwork } from '../place-gone.ts'
import { chainsOf, rulesThere } from './chains.ts'
import type { ChainFacts, TracedAnswer, TraceOrder, TraceSeen } from './order.ts'
import { makeRequest } from './requests.ts'
import { framesLost } from './sockets.ts'
import { openTracingTable, type TracingTable, tracingRules } from './tracing-table.ts'
import { openWatched, ownEvents, type Sightings, takeAll, type Watched } from './watch.ts'

const home = homeNetwork()

/** Milliseconds between two looks at the sockets; so long without a word after which nothing more comes; and the longest wait for that. */
const pause = 1
const quiet = 8
const longestQuiet = 200

/** Rules of iptables-legacy are no nf_tables, and what the kernel tells of them goes to its log, which is not the lab's. */
function hasLegacyRules(): boolean {
  return ['ip', 'ip6'].some(family => {
    try {
      return readFileSync(`/proc/thread-self/net/${family}_tables_names`, 'utf8').trim() !== ''
    } catch {
      // The kernel has no iptables-legacy, or none of this family.
      return false
    }
  })
}

const told = await text(process.stdin)
// Whoever has started it has thought better of it.
if (told === '') process.exit()
const order = JSON.parse(told) as TraceOrder
const sightings: Sightings = { request: order.request, events: [], lost: false }
const gone = order.places.filter(place => !hasNetwork(place))
if (gone.includes(order.from)) {
  process.stderr.write(`${goneWords(order.from)}\n`)
  process.exit(1)
}
const unseen: TraceSeen['unseen'] = gone.map(place => ({
  place,
  why: 'it has no network namespace any more',
}))
const watched = order.places
  .filter(place => !gone.includes(place))
  .map(place => withinNetwork(place, () => openWatched(place)))

/** What this process's network namespace has of addresses. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(each => (each ?? []).map(({ address }) => address))
}

/** Switches tracing on where there are rules; the kernel switches it off with the end of nft, which ends with this process. */
async function traceRules(): Promise<TracingTable[]> {
  const tables: TracingTable[] = []
  for (const { place } of watched) {
    const { table, legacy } = withinNetwork(place, () => {
      const { any, translates } = rulesThere()
      const rules = tracingRules(order, { place, addresses: ownAddresses(), translates })
      return { table: any ? openTracingTable(rules) : undefined, legacy: hasLegacyRules() }
    })
    if (legacy) unseen.push({ place, why: 'legacy' })
    if (table === undefined) continue
    table.made.catch((error: Error) => unseen.push({ place, why: error.message }))
    tables.push(table)
  }
  await Promise.allSettled(tables.map(({ made }) => made))
  return tables
}

/** Makes the request, and reads meanwhile. */
async function watchRequest(): Promise<TracedAnswer> {
  takeAll(watched, sightings)
  sightings.events.length = 0
  let answer: TracedAnswer | undefined
  let failure: unknown
  const namespace = order.from === host ? home : openSync(`${namespacesFolder}/${order.from}`, 'r')
  setns(namespace)
  makeRequest(order).then(
    came => {
      answer = came
    },
    error => {
      failure = error
    },
  )
  // Node opens a socket in the turn after the one in which it is asked for.
  await nextTurn()
  setns(home)
  while (answer === undefined && failure === undefined) {
    // What comes without end leaves the request its turns all the same.
    if (takeAll(watched, sightings)) await nextTurn()
    else await sleep(pause)
  }
  if (answer === undefined) throw failure
  await readToEnd()
  return answer
}

/** Where others go on sending, what was there at the request's end is read all the same: no socket has room for more than so many turns take. */
const leastTurns = 16

async function readToEnd(): Promise<void> {
  const start = performance.now()
  let last = start
  for (let turn = 0; performance.now() - last < quiet; turn += 1) {
    if (takeAll(watched, sightings)) last = performance.now()
    if (turn >= leastTurns && performance.now() - start > longestQuiet) return
    await sleep(pause)
  }
}

/** The chains that packets went through in a place. */
function metChains({ place }: Watched): ChainFacts[] {
  const names = new Map<string, Pick<ChainFacts, 'family' | 'table' | 'name'>>()
  for (const event of sightings.events)
    if (event.kind === 'rule' && event.place === place) {
      const { family, table, chain } = event
      names.set(`${family} ${table} ${chain}`, { family, table, name: chain })
    }
  return withinNetwork(place, () => chainsOf([...names.values()])).map(chain => ({ place, ...chain }))
}

const tables = await traceRules()
const endTables = () => Promise.all(tables.map(table => table.end()))
const answer = await watchRequest().catch(async error => {
  await endTables()
  throw error
})
const ended = endTables()
const events = ownEvents(sightings, order.from)
const places = new Set(events.map(({ place }) => place))
const seen: TraceSeen = {
  ...{ answer, unseen, events },
  chains: watched.flatMap(metChains),
  links: Object.fromEntries(
    watched.filter(({ place }) => places.has(place)).map(({ place, facts }) => [place, [...facts]]),
  ),
  lost: sightings.lost || watched.some(({ links }) => framesLost(links)),
}
await ended
process.stdout.write(JSON.stringify(seen))

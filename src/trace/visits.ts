import type { Told } from './chain-groups.ts'
import { destinationText, isSame, sourceText } from './ends.ts'
import type { Stay } from './passages.ts'
import type { Ends, Passage, RouteTaken, TraceItem, Translation, Visit, Way } from './report.ts'

/** What becomes of a packet between its coming and its going. */
export interface Between {
  place: string
  stay: Stay | undefined
  told: readonly Told[]
}

/** Puts what the kernel told of a packet to where the packet was seen on links. */
export function betweenOf(
  stays: readonly Stay[],
  told: ReadonlyMap<string, readonly Told[]>,
  direction: Way['direction'],
): Between[] {
  const left = new Map(
    [...told].map(([place, list]) => [place, list.filter(one => one.direction === direction)]),
  )
  const places = stays.map(({ place }) => place)
  const betweens: Between[] = stays.map((stay, at) => {
    const { place } = stay
    const list = left.get(place) ?? []
    const isLast = !places.slice(at + 1).includes(place)
    const own = isLast ? list : list.slice(0, ownCount(list, stay))
    left.set(place, list.slice(own.length))
    return { place, stay, told: own }
  })
  // What a rule stops before it is on any link: of who sends it.
  for (const [place, list] of left)
    if (list.some(({ item }) => item.kind === 'chain'))
      betweens.unshift({ place, stay: undefined, told: list })
  return betweens
}

/** How many of a place's chains, in their order, belong to a packet's first stay there. */
function ownCount(list: readonly Told[], { passages }: Stay): number {
  const names = (kind: Passage['kind']) =>
    new Set(
      passages
        .filter(passage => passage.kind === kind)
        .flatMap(({ link, portOf }) => (portOf === undefined ? [link] : [link, portOf])),
    )
  const [ins, outs] = [names('in'), names('out')]
  const isOwn = (told: Told) =>
    (told.in === undefined || ins.has(told.in)) && (told.out === undefined || outs.has(told.out))
  const end = list.findIndex(one => !isOwn(one))
  return end === -1 ? list.length : end
}

/** A visit with all that happened, in order. */
export function visitOf({ place, stay, told }: Between, routes: readonly RouteTaken[]): Visit {
  const passages = (stay?.passages ?? []).map(plain)
  const ins = passages.filter(({ kind }) => kind === 'in')
  const outs = passages.filter(({ kind }) => kind === 'out')
  const between = told.map(({ item }) => item)
  const [first, second] = routes
  const items = withRoute([...ins, ...between, ...outs], first, beforeChains)
  const all = withRoute(withTranslations(items), second, afterTranslation)
  return { place, items: [...all, ...(outs.length === 0 ? lastTranslations(items) : [])] }
}

function plain(passage: Passage): Passage {
  const { kind, link, portOf, ends, wrapped, at } = passage
  return {
    ...{ kind, link, ends, at },
    ...(portOf === undefined ? {} : { portOf }),
    ...(wrapped === undefined ? {} : { wrapped }),
  }
}

function withRoute(
  items: readonly TraceItem[],
  route: RouteTaken | undefined,
  where: (items: readonly TraceItem[]) => number,
): TraceItem[] {
  if (route === undefined) return [...items]
  const at = where(items)
  return at === -1 ? [...items, route] : [...items.slice(0, at), route, ...items.slice(at)]
}

/** The way on is looked up before the chains that know by which interface a packet leaves. */
function beforeChains(items: readonly TraceItem[]): number {
  return items.findIndex(
    item =>
      item.kind === 'out' ||
      (item.kind === 'chain' && /^(forward|output|postrouting|input)$/.test(item.hook)),
  )
}

/** Where a rule has changed the destination of what a place itself sends, the way is looked up once more. */
function afterTranslation(items: readonly TraceItem[]): number {
  return items.findIndex(item => item.kind === 'translation' && item.what === 'destination') + 1 || -1
}

/** What is translated back for a socket of the place itself is seen on no link any more, but the connection's entry has it. */
function lastTranslations(items: readonly TraceItem[]): Translation[] {
  const noted = items.find(item => item.kind === 'connection')
  const last = items.findLast(item => item.kind === 'chain' || item.kind === 'in')
  if (noted?.kind !== 'connection' || noted.what !== 'answered' || last === undefined || !('ends' in last))
    return []
  const { source, sourcePort, destination, port } = noted.original
  const asAsked: Ends = {
    ...{ source: destination, destination: source },
    ...(port === undefined ? {} : { sourcePort: port }),
    ...(sourcePort === undefined ? {} : { port: sourcePort }),
  }
  return translations(last.ends, asAsked, [])
}

/** Notes where an address has become another one. */
function withTranslations(items: readonly TraceItem[]): TraceItem[] {
  const noted: TraceItem[] = []
  let before: Ends | undefined
  for (const item of items) {
    if (item.kind === 'in' || item.kind === 'out' || item.kind === 'chain') {
      if (before !== undefined && !isSame(before, item.ends)) {
        const at = placeFor(noted)
        noted.splice(at, 0, ...translations(before, item.ends, noted.slice(0, at)))
      }
      before = item.ends
    }
    noted.push(item)
  }
  return noted
}

/** An address is written by the chain before, so before the route is taken, or the connection noted. */
function placeFor(noted: readonly TraceItem[]): number {
  const last = noted.findLastIndex(({ kind }) => kind === 'chain' || kind === 'in' || kind === 'out')
  return last + 1
}

function translations(before: Ends, after: Ends, noted: readonly TraceItem[]): Translation[] {
  const last = noted.at(-1)
  const by = last?.kind === 'chain' && last.type === 'nat' ? 'rule' : 'connection'
  const parts = [
    { what: 'destination' as const, texts: [destinationText(before), destinationText(after)] },
    { what: 'source' as const, texts: [sourceText(before), sourceText(after)] },
  ]
  return parts.flatMap(({ what, texts: [from = '', to = ''] }) =>
    from === to ? [] : [{ kind: 'translation', what, before: from, after: to, by }],
  )
}

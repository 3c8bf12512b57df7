/** Where the kernel hands packets to a chain, and what becomes of those that no rule decides on. */
export interface ListedNftHook {
  type: string
  hook: string
  priority: number
  policy: string
}

/** A chain as `nft list` prints it. */
export interface ListedNftChain {
  name: string
  /** Undefined for a chain that is only jumped to. */
  hook?: ListedNftHook
  /** As nft prints them. */
  rules: string[]
}

/** A set or a map as `nft list` prints it. */
export interface ListedNftSet {
  kind: 'set' | 'map'
  name: string
  /** Key → what stands behind it: nothing, ` : drop`, ` comment "shop/cart" : drop`. */
  elements: ReadonlyMap<string, string>
}

/** A table as `nft list` prints it. */
export interface ListedNftTable {
  chains: ReadonlyMap<string, ListedNftChain>
  sets: ReadonlyMap<string, ListedNftSet>
}

/** What is in a table, read from what `nft list ruleset` prints; undefined: there is no such table. `table` is `ip kube-proxy`. */
export function parseNftTable(text: string, table: string): ListedNftTable | undefined {
  const lines = text.split('\n')
  const start = lines.indexOf(`table ${table} {`)
  if (start === -1) return undefined
  const chains = new Map<string, ListedNftChain>()
  const sets = new Map<string, ListedNftSet>()
  for (let at = start + 1; at < lines.length && lines[at] !== '}'; at += 1) {
    const [, kind, name = ''] = /^\t(chain|set|map) (\S+) \{$/.exec(lines[at] ?? '') ?? []
    if (kind === undefined) continue
    const end = lines.indexOf('\t}', at)
    const body = lines.slice(at + 1, end === -1 ? lines.length : end)
    if (kind === 'chain') chains.set(name, chainIn(name, body))
    else sets.set(name, { kind: kind as 'set' | 'map', name, elements: elementsIn(body) })
    at += body.length
  }
  return { chains, sets }
}

function chainIn(name: string, body: readonly string[]): ListedNftChain {
  const rules: string[] = []
  let hook: ListedNftChain['hook']
  for (const line of body.map(each => each.trim())) {
    const found = line.startsWith('type ') ? hookIn(line) : undefined
    if (found !== undefined) hook = found
    else if (line !== '' && !/^comment "/.test(line)) rules.push(line)
  }
  return { name, ...(hook === undefined ? {} : { hook }), rules }
}

/** The priorities that nft has words for (nft(8)), outside of bridges. */
const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
}

/** Where a chain hangs, in nft's words: `type nat hook prerouting priority dstnat - 10; policy accept;` */
export function hookIn(text: string): ListedNftHook | undefined {
  const [, type, hook, word = '', sign = '', offset = '0'] =
    /\btype (\w+) hook (\w+) priority ([\w-]+)(?: ([+-]) (\d+))?/.exec(text) ?? []
  if (type === undefined || hook === undefined) return undefined
  const [, policy = 'accept'] = /\bpolicy (\w+)/.exec(text) ?? []
  return { type, hook, priority: (priorities[word] ?? Number(word)) + Number(`${sign}${offset}`), policy }
}

/** The same, whatever it was typed like: `type nat hook prerouting priority -110`; empty for a chain that hangs nowhere. */
export function placeOfHook(hook: Omit<ListedNftHook, 'policy'> | undefined): string {
  return hook === undefined ? '' : `type ${hook.type} hook ${hook.hook} priority ${hook.priority}`
}

/** The same with its policy. */
export function hookText(hook: Omit<ListedNftHook, 'policy'> & { policy?: string }): string {
  return `${placeOfHook(hook)}; policy ${hook.policy ?? 'accept'};`
}

/** That a chain does not hang where it should. */
export function astrayWords(hook: ListedNftHook | undefined): string {
  return hook === undefined ? 'hangs nowhere' : `hangs elsewhere: ${placeOfHook(hook)}`
}

/** They may go over many lines; a comment may have any character but a quote. */
function elementsIn(body: readonly string[]): ReadonlyMap<string, string> {
  const start = body.findIndex(line => line.startsWith('\t\telements = {'))
  if (start === -1) return new Map()
  const text = body
    .slice(start)
    .join('\n')
    .replace(/^\t\telements = \{/, '')
    .replace(/\}\s*$/, '')
  const elements = text.match(/(?:"[^"]*"|[^",])+/g) ?? []
  return new Map(
    elements.map(element => {
      const [, key = '', rest = ''] =
        /^(.*?)((?: (?:comment|expires|counter|:) .*)?)$/s.exec(element.trim()) ?? []
      return [key, rest]
    }),
  )
}

/** What the commands of a plan leave behind in a sandbox, as far as two runs of them can be compared. */
export interface KernelState {
  /** `host` and each network namespace → its links, addresses, routes, rules, neighbours, settings and firewall. */
  places: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Path → text of the files of pods. */
  files: string
}

/** Prints a section for each thing to know of the network namespace that it runs in, which is called $1. */
const showPlace = `
for what in '-d link' address '-4 route show table all' '-6 route show table all' '-4 rule' '-6 rule' \\
  'neigh show nud permanent'; do
  echo "== $1 ip $what"
  ip -j $what || true
done
for table in iptables ip6tables; do
  echo "== $1 $table"
  $table-save
done
echo "== $1 settings"
grep --recursive --no-messages --text . /proc/sys/net | LC_ALL=C sort
`

/** The same for all namespaces, by the script that is its argument, and what else there is to know; runs inside the sandbox. */
const showAll = `
sh -c "$1" sh host
if [ -e /proc/net/ip_vs ]; then
  echo '== host ipvs'
  ipvsadm -S -n | sort
  ipset save | sed 's/ bucketsize.*//' | sort
fi
for name in $(ls /run/netns); do ip netns exec "$name" sh -c "$1" sh "$name"; done
echo '== files'
find /etc/netns -type f 2> /dev/null | sort | while read -r file; do echo "-- $file"; cat "$file"; done
`

/** What CNI plugins call the node's end of a cable. */
const randomName = /\bveth[0-9a-f]{8}\b/g

/** Reads the state of a sandbox; \`inside\` runs a command in it and returns what it prints. */
export async function kernelState(
  inside: (argv: readonly string[]) => Promise<string>,
): Promise<KernelState> {
  const text = (await inside(['sh', '-c', showAll, 'sh', showPlace])).replaceAll(randomName, 'vethXXXXXXXX')
  const places: Record<string, Record<string, unknown>> = {}
  let files = ''
  for (const section of text.split(/^== /m).slice(1)) {
    const end = section.indexOf('\n')
    const [place = '', program = '', ...rest] = section.slice(0, end).split(' ')
    const body = section.slice(end + 1)
    if (place === 'files') files = body
    else places[place] = { ...places[place], [[program, ...rest].join(' ')]: normal(program, rest, body) }
  }
  return { places, files }
}

function normal(program: string, rest: readonly string[], body: string): unknown {
  if (program === 'ip') return normalJson(JSON.parse(body || '[]'), rest)
  if (program === 'ipvs') return body.split('\n')
  if (program === 'settings') return body.split('\n').filter(line => !ownSettings.test(line))
  return normalTables(body)
}

/** What counts by itself, is chosen at random, or is the sandbox's own business. */
const ownSettings = /_count:|stable_secret|fastopen_key|ping_group_range/

/** Numbers that follow from the order of events, random addresses, and what only time changes. */
const accidental =
  /^(ifindex|link_index|link_netnsid|link_netns|address|permaddr|root_id|bridge_id|designated_\w+|operstate|\w+_timer|parentdev|valid_life_time|preferred_life_time|expires)$/

type Entry = Record<string, unknown>

function normalJson(entries: Entry[], [what]: readonly string[]): unknown {
  const kept = entries.filter(entry => !isLinkLocal(entry)).map(entry => strip(entry))
  // A link's own address is random, an interface's IP addresses are not, but for those that follow from the former.
  if (what !== 'address') return sortedByText(kept)
  return entries
    .map(entry => ({
      ifname: entry.ifname,
      addresses: (entry.addr_info as Entry[]).filter(one => !isLinkLocal(one)).map(one => strip(one)),
    }))
    .sort((one, other) => String(one.ifname).localeCompare(String(other.ifname)))
}

function isLinkLocal(entry: Entry): boolean {
  return [entry.local, entry.dst].some(value => /^(fe80:|ff00::)/.test(String(value)))
}

function strip(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) => {
    if (accidental.test(key)) return undefined
    return key === 'flags' ? settled(inner) : inner
  })
}

/** Where the cable is there (LOWER_UP) a link's own state follows up to a second later (net/core/link_watch.c); up to then ip says NO-CARRIER. */
function settled(flags: unknown): unknown {
  const hasCable = Array.isArray(flags) && flags.includes('LOWER_UP')
  return hasCable ? flags.filter(flag => flag !== 'NO-CARRIER') : flags
}

function sortedByText(values: readonly unknown[]): unknown[] {
  return values
    .map(value => ({ value, text: JSON.stringify(value) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ value }) => value)
}

/** Tables that hold nothing but their own chains are as good as not there. */
function normalTables(saved: string): string[] {
  return saved
    .split(/^(?=\*)/m)
    .map(table =>
      table
        .replaceAll(/^#.*\n/gm, '')
        .replaceAll(/\[\d+:\d+\]/g, '[0:0]')
        .trim(),
    )
    .filter(table => table.split('\n').some(line => /^-|^:\S+ (?!ACCEPT)/.test(line)))
}

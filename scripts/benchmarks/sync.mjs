import { labOfPods } from './lab-files.mjs'
import { compileInput } from './many-services.mjs'
import { interleaved, ratio, timed } from './measure.mjs'

const sources = [
  'dataplane/iptables/compile.ts',
  'dataplane/iptables/sync.ts',
  'dataplane/iptables/restore-text.ts',
  'command/transaction.ts',
  'read/proxy-settings.ts',
]

// Root of the machine is nobody in a lab's user namespace; an ordinary user is root there.
const asRoot = process.getuid() === 0 ? ['--setuid', '0', '--setgid', '0'] : ['--preserve-credentials']

/** The kernel's part as well: all rules, and a change of one endpoint, given to iptables-restore in labs' sandboxes. */
export async function sync(netlab, quick) {
  const modules = await netlab.module(...sources)
  const file = netlab.write('empty.yaml', labOfPods(1, false))
  const rows = []
  for (const kind of ['nft', 'legacy']) {
    netlab.run('up', file, '--quiet')
    const [{ pid }] = JSON.parse(netlab.run('list', '--json'))
    const inside = ['--target', `${pid}`, '--user', ...asRoot, '--mount', '--net']
    const restore = input =>
      netlab.start('nsenter', [...inside, `iptables-${kind}-restore`, '--noflush', '-w'], { input })
    rows.push(...(await syncWith(modules, kind, restore, quick)))
    netlab.downAll()
  }
  return rows
}

async function syncWith(modules, kind, restore, quick) {
  const count = quick ? 20 : 5_000
  const { compileServices, fullSync, partialSync, restoreText, mostBytes } = modules
  const [input, changed] = [compileInput(modules, count), compileInput(modules, count, count >> 1)]
  const before = compileServices(input)
  const chains = Object.fromEntries(
    ['filter', 'nat'].map(table => [table, before[table].chains.map(chain => chain.name)]),
  )
  const options = kind === 'nft' ? { chains, most: mostBytes } : { chains }
  try {
    restore(restoreText(compileServices(compileInput(modules, 1)), { jumps: true }))
  } catch (error) {
    const why = error.message.trim().split('\n').at(-1).slice(0, 60)
    return [{ what: `sync with iptables-${kind}`, skipped: why }]
  }
  const { text } = fullSync(before, options)
  const change = partialSync(before, compileServices(changed), options).text
  restore(text)
  const [full, bare, partial, floor] = await interleaved(quick ? 1 : 5, [
    () => timed(() => restore(fullSync(compileServices(input), options).text)),
    () => timed(() => restore(text)),
    // The full syncs before it have brought the first state back.
    () => timed(() => restore(partialSync(before, compileServices(changed), options).text)),
    () => timed(() => restore(change)),
  ])
  const tool = `iptables-${kind}-restore`
  const what = `a change of one endpoint among ${count} services`
  return [
    ratio(`${what}, compiled and restored, beside a full sync, ${tool}`, [partial, full], 0.2, [
      'change',
      'full',
    ]),
    ratio(`the same by ${tool} alone, the texts being there`, [floor, bare], undefined, ['change', 'full']),
    ratio(`a full sync of ${count} services beside ${tool} of its text`, [full, bare], 1.2, ['sync', 'bare']),
  ]
}

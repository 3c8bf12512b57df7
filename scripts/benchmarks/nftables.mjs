import { compileInput } from './many-services.mjs'
import { atMost, interleaved, median, ratio, timed } from './measure.mjs'

const sources = ['dataplane/modes.ts', 'dataplane/nftables/sync.ts', 'read/proxy-settings.ts']

/** kube-proxy's nftables mode: the rules of many services compiled beside those of iptables mode, and a change of one endpoint beside a full sync. */
export async function nftables(netlab, quick) {
  const modules = await netlab.module(...sources)
  return [...(await compiling(modules, quick)), ...(await syncing(netlab, modules, quick))]
}

async function compiling({ ruleWriters, ...modules }, quick) {
  const count = quick ? 100 : 10_000
  const input = compileInput(modules, count)
  const print = mode => () =>
    timed(() => ruleWriters[mode].text(ruleWriters[mode].compile(input), { jumps: false, explain: false }))
  const [nft, iptables] = await interleaved(quick ? 1 : 5, [print('nftables'), print('iptables')])
  return [
    ratio(`rules of ${count} services: nftables mode beside iptables mode`, [nft, iptables], undefined, [
      'nftables',
      'iptables',
    ]),
    atMost(`rules of ${count} services in nftables mode, compiled and printed`, median(nft), 0.5, 's'),
  ]
}

/** In network and user namespaces of its own, as in a lab: a full load, then a change of one endpoint. */
async function syncing(netlab, { ruleWriters: { nftables: mode }, emptyKernel, ...modules }, quick) {
  const count = quick ? 20 : 5_000
  const [before, after] = [compileInput(modules, count), compileInput(modules, count, count >> 1)]
  const kernel = mode.synced(before, emptyKernel)
  const seconds = { full: [], change: [], whole: [] }
  const loads = ({ commands }) =>
    commands.map(({ argv, input }) => `${argv.join(' ')} <<'END'\n${input}END\n`).join('')
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    let change
    const compiled = await timed(() => {
      change = mode.sync(before, after, kernel, false)
    })
    const script = `date +%s%N\n${loads(mode.sync(undefined, before, emptyKernel, true))}date +%s%N\n${loads(change)}date +%s%N\n`
    const printed = netlab.start('unshare', ['--user', '--map-root-user', '--net', 'sh', '-e'], {
      input: script,
    })
    const [start, middle, end] = printed
      .trim()
      .split('\n')
      .map(text => Number(text) / 1e9)
    seconds.full.push(middle - start)
    seconds.change.push(end - middle)
    seconds.whole.push(end - middle + compiled)
  }
  const what = `nftables mode: a change of one endpoint among ${count} services, beside a full load`
  return [
    ratio(what, [seconds.change, seconds.full], 0.05, ['change', 'full']),
    ratio('the same with the rules compiled before and after', [seconds.whole, seconds.full], undefined, [
      'change',
      'full',
    ]),
  ]
}

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compileInput } from './many-services.mjs'
import { atMost, interleaved, median, ratio, timed } from './measure.mjs'

const sources = ['service/compile.ts', 'service/sync.ts', 'lab/proxy-settings.ts']

/** kube-proxy's rules for many services: compiled and printed, by a process that has done nothing before. */
export async function rules(netlab, quick) {
  const count = quick ? 100 : 10_000
  const bundle = await netlab.bundle(...sources)
  const script = fileURLToPath(new URL('make-rules.mjs', import.meta.url))
  const runs = Array.from({ length: quick ? 1 : 7 }, () =>
    JSON.parse(netlab.start(process.execPath, [script, bundle, `${count}`])),
  )
  const what = `rules of ${count} services with 2 endpoints each`
  return [
    atMost(`${what}: processor time`, median(runs.map(({ cpu }) => cpu)), 0.5, 's'),
    atMost(`${what}: memory (peak RSS)`, median(runs.map(({ megabytes }) => megabytes)), 300, 'MB'),
  ]
}

/** The kernel's part as well: a change of one endpoint, and all of the rules, given to iptables-restore in a sandbox. */
export async function sync(netlab, quick) {
  const count = quick ? 20 : 5_000
  const modules = await netlab.module(...sources, 'sandbox/sandbox.ts')
  const { compileServices, fullSync, partialSync, openSandbox, closeSandbox, enterArgv, insideEnv } = modules
  const states = [
    compileServices(compileInput(modules, count)),
    compileServices(compileInput(modules, count, count >> 1)),
  ]
  const { sandbox } = await openSandbox('sync', netlab.file('sandbox.log'), false, () => {})
  let program = 'iptables-restore'
  const restore = input => {
    const [file, ...args] = enterArgv(sandbox, [program, '--noflush', '-w'])
    const env = { ...netlab.env, ...insideEnv }
    const { status, stderr } = spawnSync(file, args, { env, input, encoding: 'utf8', timeout: 300_000 })
    if (status === 0) return
    // In a user namespace iptables-nft's one message for all rules must fit into net.core.wmem_max.
    if (program === 'iptables-restore' && /Message too long/.test(stderr)) {
      program = 'iptables-legacy-restore'
      return restore(input)
    }
    throw new Error(`${program}: ${stderr}`)
  }
  try {
    const input = compileInput(modules, count)
    const { text } = fullSync(states[0])
    restore(text)
    const [full, bare, partial] = await interleaved(quick ? 1 : 3, [
      () => timed(() => restore(fullSync(compileServices(input)).text)),
      () => timed(() => restore(text)),
      // The full syncs before it have brought the first state back.
      () => timed(() => restore(partialSync(states[0], states[1]).text)),
    ])
    return [
      ratio(
        `a change of one endpoint among ${count} services beside a full sync, ${program}`,
        [partial, full],
        0.2,
        ['change', 'full'],
      ),
      ratio(`a full sync of ${count} services beside ${program} of its text`, [full, bare], 1.2, [
        'sync',
        'bare',
      ]),
    ]
  } finally {
    await closeSandbox(sandbox.holder, sandbox)
  }
}

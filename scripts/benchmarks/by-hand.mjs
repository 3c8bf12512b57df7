import { spawnSync } from 'node:child_process'
import { timed } from './measure.mjs'

/**
 * A lab made by hand: its printed plan under bash, a process for each command, in a sandbox that is opened as netlab opens its
 * own; then each server is asked until it answers. Resolves to the seconds until all do.
 */
export async function byHand(netlab, labFile) {
  const modules = await netlab.module(
    ...[
      'model/limits.ts',
      'sandbox/close.ts',
      'sandbox/identity.ts',
      'sandbox/sandbox.ts',
      'sandbox/start.ts',
    ],
  )
  const { StartedSandbox, closeSandbox, defaultLimits, enterArgv, insideEnv, labIdentity } = modules
  const { steps } = JSON.parse(netlab.run('plan', labFile, '--format', 'json'))
  const urls = steps.flatMap(({ checks }) =>
    checks.filter(({ kind }) => kind === 'curl').map(({ url }) => url),
  )
  const asks = urls.map(url => `until curl -s -o /dev/null --max-time 2 ${url}; do sleep 0.01; done\n`)
  const input = `${netlab.run('plan', labFile, '--format', 'sh')}\n${asks.join('')}`
  let sandbox
  try {
    return await timed(async () => {
      const log = netlab.file('sandbox.log')
      const keeping = { lab: 'by-hand', limits: defaultLimits, serves: false, logFile: log }
      sandbox = (await new StartedSandbox(log).keep(keeping)).sandbox
      const [file, ...args] = enterArgv(sandbox, ['bash', '-s'])
      const { status, stderr } = spawnSync(file, args, {
        env: { ...netlab.env, ...insideEnv },
        ...labIdentity(),
        input,
        timeout: 300_000,
      })
      if (status !== 0) throw new Error(`the plan under bash: ${stderr}`)
    })
  } finally {
    if (sandbox !== undefined) await closeSandbox(sandbox.holder, sandbox)
  }
}

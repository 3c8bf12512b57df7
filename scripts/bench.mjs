// Measures what netlab promises about its speed and memory, and prints a table or JSON.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dump } from './benchmarks/dump.mjs'
import { growth } from './benchmarks/growth.mjs'
import { down, hundredPods, matrix, memory, nodes, twoPods } from './benchmarks/labs.mjs'
import { Netlab } from './benchmarks/netlab.mjs'
import { nftables } from './benchmarks/nftables.mjs'
import { rules } from './benchmarks/rules.mjs'
import { sync } from './benchmarks/sync.mjs'
import { table } from './benchmarks/table.mjs'
import { trace } from './benchmarks/trace.mjs'
import { verify } from './benchmarks/verify.mjs'

const cases = {
  'two-pods': twoPods,
  'hundred-pods': hundredPods,
  growth,
  nodes,
  matrix,
  down,
  memory,
  verify,
  trace,
  rules,
  dump,
  sync,
  nftables,
}
const help = `usage: scripts/bench [NAME…] [--quick] [--json]

Measures in sandboxes of its own; root is not needed. What is compared is run in turn, A B A B …, and medians are
compared. NAMEs: ${Object.keys(cases).join(', ')}; none: all of them.

  --quick  smaller labs and one round: shows that it runs, not how fast
  --json   print the result as JSON
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
})
const unknown = positionals.filter(name => !Object.hasOwn(cases, name))
if (values.help) process.stdout.write(help)
else if (unknown.length > 0) {
  process.stderr.write(`there is no case ${unknown.join(', ')}\n\n${help}`)
  process.exitCode = 2
} else await measure(positionals.length > 0 ? positionals : Object.keys(cases))

async function measure(names) {
  const quick = values.quick ?? false
  const folder = mkdtempSync(join(tmpdir(), 'netlab-bench-'))
  const netlab = new Netlab(folder)
  const stop = () => {
    netlab.downAll()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      stop()
      process.exit(130)
    })
  }
  try {
    const rows = []
    for (const name of names) {
      process.stderr.write(`${name} …\n`)
      rows.push(...(await measureCase(name, netlab, quick)))
    }
    const machine = {
      cores: availableParallelism(),
      node: process.versions.node,
      quick: values.quick ?? false,
    }
    process.stdout.write(
      values.json ? `${JSON.stringify({ machine, rows }, null, 2)}\n` : table(machine, rows),
    )
  } finally {
    stop()
  }
}

/** The rows of one case; one that breaks off leaves the others alone. */
async function measureCase(name, netlab, quick) {
  try {
    const rows = await cases[name](netlab, quick)
    return rows.map(({ holds, ...row }) => ({
      case: name,
      ...row,
      ...(quick || holds === undefined ? {} : { holds }),
    }))
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(`${error.stack}\n`)
    return [{ case: name, what: 'broke off', skipped: error.message.split('\n')[0] }]
  }
}

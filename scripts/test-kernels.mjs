// Tries labs and kernel tests on other kernels than this machine's, each kernel in a virtual machine, and prints a table or JSON.
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { tryKernel } from './kernels/machine.mjs'
import { table } from './kernels/table.mjs'

const known = ['debian-6.1', 'debian-6.12']
const someLabs = [
  ...['two-pods', 'clusterip', 'hairpin', 'nodeport', 'session-affinity', 'dual-stack', 'pause'],
  'nftables-mode',
  ...['cni-bridge', 'calico-ptp', 'calico-ipip', 'flannel-vxlan', 'nat-router'],
]
/** Those whose labs' root must be root of the machine; all others live in user namespaces, as at home. */
const rootLabs = ['ipvs-mode']
const rootTests = [
  'test/diagnose/ipvs/kernel.test.ts',
  'test/dataplane/ipvs/running/kernel.test.ts',
  'test/labs/ipvs-mode.test.ts',
]
const someTests = [
  'test/dataplane/ipvs/flows.test.ts',
  'test/dataplane/ipvs/kernel.test.ts',
  'test/dataplane/iptables/kernel.test.ts',
  'test/dataplane/nftables/kernel.test.ts',
  'test/diagnose/ipip/kernel.test.ts',
  ...rootTests,
]
const help = `usage: scripts/test-kernels [KERNEL…] [--labs NAME,…] [--tests FILE,…] [--minutes N] [--json]

Brings each kernel from Debian's packages, starts it in a virtual machine (QEMU, without KVM where there is none), and in
there tries labs (up, verify, down) and runs test files. KERNELs: ${known.join(', ')}; none: all of them.

  --labs NAME,…   these labs, or "none"; by default ${someLabs.join(', ')}
  --tests FILE,…  these test files, or "none"; by default ${someTests.join(', ')}
  --minutes N     an end for each kernel; 120 by default
  --json          print the results as JSON

Exit codes: 0 all passed, 1 something failed or had no time, 2 the command line is wrong.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    labs: { type: 'string', default: someLabs.join(',') },
    tests: { type: 'string', default: someTests.join(',') },
    minutes: { type: 'string', default: '120' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
})
const unknown = positionals.filter(name => !known.includes(name))
const minutes = Number(values.minutes)
if (values.help) process.stdout.write(help)
else if (unknown.length > 0 || !(minutes > 0)) {
  process.stderr.write(
    `${unknown.length > 0 ? `there is no kernel ${unknown.join(', ')}` : '--minutes takes a number'}\n\n${help}`,
  )
  process.exitCode = 2
} else await tryAll(positionals.length > 0 ? positionals : known)

function named(list) {
  return list === 'none' ? [] : list.split(',').filter(name => name !== '')
}

/** One after the other: an emulated processor takes a real one. */
async function tryAll(kernels) {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop.abort())
  const [labs, tests] = [named(values.labs), named(values.tests)]
  const machines = [false, true]
    .map(labRoot => ({
      labs: labs.filter(lab => rootLabs.includes(lab) === labRoot),
      tests: tests.filter(file => rootTests.includes(file) === labRoot),
      labRoot,
    }))
    .filter(({ labs, tests }) => labs.length + tests.length > 0)
  const results = []
  for (const kernel of kernels) {
    for (const machine of machines) {
      if (!stop.signal.aborted) results.push(await tryKernel(kernel, { ...machine, minutes }, stop.signal))
    }
  }
  const text = values.json ? `${JSON.stringify(results, undefined, 2)}\n` : table(results)
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
  const fine = results.every(
    ({ ended, found }) => ended === 'done' && found.every(({ state }) => state !== 'failed'),
  )
  process.exitCode = stop.signal.aborted ? 130 : fine ? 0 : 1
}

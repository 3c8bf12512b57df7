import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { compileServices } from '../../../src/dataplane/iptables/compile.ts'
import { restoreText } from '../../../src/dataplane/iptables/restore-text.ts'
import { expectFlows, type FlowCase, firewallFor } from '../flow-cases.ts'
import { flowCases } from '../golden-flows.ts'
import { goldenInput } from '../golden-input.ts'
import { ownFlows } from '../own-flows.ts'

/** Cases whose flows are not sent, with the reason. */
const leftOut: Record<string, string> = {
  '03-clusterip-sctp-one-endpoint': 'SCTP: Node.js has no sockets for it',
}

const cases = flowCases()
const sent = cases.filter(({ id }) => leftOut[id] === undefined)

/** With both tables, in user and network namespaces of their own. */
const variants = ['nft', 'legacy'].filter(variant => {
  const input = `iptables-${variant} -t nat -N A && iptables-${variant} -t filter -N A`
  const argv = ['--user', '--map-root-user', '--net', 'sh', '-e']
  const env = { ...process.env, XTABLES_LOCKFILE: '/dev/null' }
  return spawnSync('unshare', argv, { input, env, timeout: 10_000 }).status === 0
})

const load = (variant: string, golden: FlowCase) =>
  `iptables-${variant}-restore --noflush <<'END'\n${restoreText(compileServices(goldenInput(golden)), { jumps: true })}END`

describe.skipIf(!variants.includes('nft'))('real packets in iptables mode', () => {
  it.concurrent.each(ownFlows('iptables'))('%s', async (_title, { golden, flows, firewall }) => {
    await expectFlows(golden, flows, { firewall, load: load('nft', golden) })
  })
})

describe.skipIf(cases.length === 0 || variants.length === 0)(
  "real packets follow the flows of kube-proxy's cases",
  () => {
    const pairs = variants.flatMap(variant => sent.map(found => [variant, found.id, found] as const))

    it.concurrent.each(pairs)('iptables-%s: %s', async (variant, _id, { golden, flows }) => {
      await expectFlows(golden, flows, {
        firewall: firewallFor(flows, variant),
        load: load(variant, golden),
      })
    })

    it('every flow of another protocol than TCP is in a case that is left out, with its reason', () => {
      const others = cases.filter(({ flows }) => flows.some(({ protocol }) => protocol !== 'TCP'))
      expect(others.map(({ id }) => id)).toEqual(Object.keys(leftOut))
    })
  },
)

it.skipIf(cases.length > 0 && variants.length > 0)(
  'no packets were sent: NETLAB_KUBE_PROXY_GOLDEN names no folder, or there is no iptables in a user namespace',
  () => {},
)

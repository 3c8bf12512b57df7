import { describe, it } from 'vitest'
import { compileServices } from '../../../src/dataplane/nftables/compile.ts'
import { scriptText } from '../../../src/dataplane/nftables/print.ts'
import { expectFlows, type Flow, type FlowCase } from '../flow-cases.ts'
import { flowCases } from '../golden-flows.ts'
import { goldenInput } from '../golden-input.ts'
import { ownFlows } from '../own-flows.ts'
import { nftWorks } from './in-namespace.ts'

const load = (golden: FlowCase) =>
  `nft -f - <<'END'\n${scriptText(compileServices(goldenInput(golden)), { explain: false })}END`

/** Most flows go alike in both modes. Here node ports are not served on loopback addresses. */
function asInNftables(flow: Flow): Flow {
  return flow.destIP.startsWith('127.') ? { ...flow, result: '', masquerade: false } : flow
}

describe.skipIf(!nftWorks)('real packets in nftables mode', () => {
  it.concurrent.each(ownFlows('nftables'))('%s', async (_title, { golden, flows, firewall }) => {
    await expectFlows(golden, flows, { firewall, load: load(golden) })
  })

  it.concurrent.each(
    flowCases()
      // What iptables mode lets through, this one leaves to the machine's own firewall.
      .map(({ flows, ...found }) => ({ ...found, flows: flows.filter(({ result }) => result !== 'ACCEPT') }))
      .filter(({ flows }) => flows.length > 0 && flows.every(({ protocol }) => protocol === 'TCP'))
      .map(found => [found.id, found] as const),
  )("follow the flows of kube-proxy's case %s", async (_id, { golden, flows }) => {
    await expectFlows(golden, flows.map(asInNftables), { firewall: [], load: load(golden) })
  })
})

it.skipIf(nftWorks)('no packets were sent: there is no nft, or no user namespace here', () => {})

import { describe, it } from 'vitest'
import { compileServices } from '../../../src/dataplane/ipvs/compile.ts'
import { scriptText } from '../../../src/dataplane/ipvs/print.ts'
import { expectFlows, type FlowCase } from '../flow-cases.ts'
import { goldenInput } from '../golden-input.ts'
import { ownFlows } from '../own-flows.ts'
import { isRootOfItsMachine } from './has-ipvs.ts'

/** Without what sysctl prints. */
const load = (golden: FlowCase) =>
  `{\n${scriptText(compileServices(goldenInput(golden)), { jumps: true, explain: true })}\n} > /dev/null`

describe.skipIf(!isRootOfItsMachine)('real packets in IPVS mode', () => {
  it.each(ownFlows('ipvs'))('%s', async (_title, { golden, flows, firewall }) => {
    await expectFlows(golden, flows, { firewall, load: load(golden), asRoot: true })
  })
})

it.skipIf(isRootOfItsMachine)(
  'no packets were sent: IPVS is for root of a machine (scripts/test-kernels)',
  () => {},
)

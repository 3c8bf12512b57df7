import { describe, it } from 'vitest'
import { BrokenLab } from '../machines/broken-lab.ts'
import { ipipBreaks } from './breaks.ts'
import { labsHaveIpip } from './has-ipip.ts'

// Where the kernel was built without it these are tried by scripts/test-kernels, and journey.test.ts has what the kernel said there.
describe.skipIf(!labsHaveIpip)('what is broken in an IPIP tunnel is told, and mended by what is said', () => {
  const lab = new BrokenLab(new URL('ipip-nodes.yaml', import.meta.url), ['n1', 'n2'], ['n1', 'n2'])
  it.each(ipipBreaks)('%s', async (...broken) => {
    await lab.isExplained(broken)
  })
})

import { spawnSync } from 'node:child_process'
import { describe, it } from 'vitest'
import { BrokenLab } from '../machines/broken-lab.ts'
import { ipipBreaks } from './breaks.ts'

const tunnel = ['ip', 'link', 'add', 'name', 'netlab1', 'type', 'ipip', 'remote', '192.0.2.1']
const hasIpip = spawnSync('unshare', ['--user', '--map-root-user', '--net', '--', ...tunnel]).status === 0

// Where the kernel was built without it these are tried by scripts/test-kernels, and journey.test.ts has what the kernel said there.
describe.skipIf(!hasIpip)('what is broken in an IPIP tunnel is told, and mended by what is said', () => {
  const lab = new BrokenLab(new URL('ipip-nodes.yaml', import.meta.url), ['n1', 'n2'], ['n1', 'n2'])
  it.each(ipipBreaks)('%s', async (...broken) => {
    await lab.isExplained(broken)
  })
})

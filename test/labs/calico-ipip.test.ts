import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { openSession } from './cli.ts'
import { processesOf } from './processes.ts'
import { testLab } from './test-lab.ts'

const namespaces = ['--user', '--map-root-user', '--net', '--']
const tunnel = ['ip', 'link', 'add', 'name', 'netlab1', 'type', 'ipip', 'remote', '192.0.2.1']
const hasIpip = spawnSync('unshare', [...namespaces, ...tunnel]).status === 0

// Where the kernel was built without it the lab is run by scripts/test-kernels.
if (hasIpip) testLab('calico-ipip')

it.skipIf(hasIpip)('was not run: this kernel has no ipip, which up says before anything starts', async () => {
  const session = openSession()
  const { code, stdout, stderr } = await session.netlab('up', 'calico-ipip')
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toContain('the kernel has no ipip links for labs here: ')
  expect(stderr).toContain('its step "A device that the kernel brings along"')
  expect(stderr).toContain('netlab up calico-ipip --kernel debian-6.1')
  expect(processesOf(session.stateDir)).toEqual([])
  expect(session.leftFiles()).toEqual([])
})

it('is told as a lab that needs a part of the kernel by validate and labs', async () => {
  const session = openSession()
  const { stdout } = await session.netlab('validate', 'calico-ipip')
  expect(stdout).toContain('needs a kernel with ipip')
})

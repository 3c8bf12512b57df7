import { expect, it } from 'vitest'
import { labsHaveIpip } from '../diagnose/ipip/has-ipip.ts'
import { openSession } from './cli.ts'
import { processesOf } from './processes.ts'
import { testLab } from './test-lab.ts'

// Where the kernel was built without it the lab is run by scripts/test-kernels.
if (labsHaveIpip) testLab('calico-ipip')

it.skipIf(labsHaveIpip)(
  'was not run: this kernel has no ipip, which up says before anything starts',
  async () => {
    const session = openSession()
    const { code, stdout, stderr } = await session.netlab('up', 'calico-ipip')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('the kernel has no ipip links for labs here: ')
    expect(stderr).toContain('its step "A device that the kernel brings along"')
    expect(stderr).toContain('netlab up calico-ipip --kernel debian-6.1')
    expect(processesOf(session.stateDir)).toEqual([])
    expect(session.leftFiles()).toEqual([])
  },
)

it('is told as a lab that needs a part of the kernel by validate and labs', async () => {
  const session = openSession()
  for (const argv of [['validate', 'calico-ipip'], ['labs']])
    expect((await session.netlab(...argv)).stdout).toContain('needs a kernel with ipip')
})

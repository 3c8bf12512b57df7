import { expect, it } from 'vitest'
import { labsHaveIpvs } from '../dataplane/ipvs/has-ipvs.ts'
import { openSession } from './cli.ts'
import { processesOf } from './processes.ts'
import { testLab } from './test-lab.ts'

// No kernel is known that gives IPVS to a user namespace: the lab is run by scripts/test-kernels.
if (labsHaveIpvs) testLab('ipvs-mode', ['this user'])

it.skipIf(labsHaveIpvs)(
  'was not run: this kernel has no IPVS for labs, which up says before anything starts',
  async () => {
    const session = openSession()
    const { code, stdout, stderr } = await session.netlab('up', 'ipvs-mode')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain("there is no IPVS for labs here: Can't initialize ipvs: ")
    expect(stderr).toContain('netlab up ipvs-mode --kernel debian-6.1')
    expect(processesOf(session.stateDir)).toEqual([])
    expect(session.leftFiles()).toEqual([])
  },
)

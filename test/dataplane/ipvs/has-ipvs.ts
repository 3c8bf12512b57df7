import { ownsMachine } from '../../../src/sandbox/identity.ts'

/** `scripts/test-kernels` says so, in a virtual machine: where real root, and modules of IPVS, are nobody's but the test's. */
export const isRootOfItsMachine = process.env.NETLAB_IN_VM !== undefined

/** Labs there need no user namespace, which IPVS would refuse. */
export const labsHaveIpvs = isRootOfItsMachine && ownsMachine()

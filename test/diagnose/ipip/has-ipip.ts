import { spawnSync } from 'node:child_process'
import { tryingLink } from '../../../src/sandbox/link-kinds.ts'

const namespaces = ['--user', '--map-root-user', '--net', '--']

/** Whether this kernel gives IPIP tunnels to labs. */
export const labsHaveIpip = spawnSync('unshare', [...namespaces, ...tryingLink('ipip').argv]).status === 0

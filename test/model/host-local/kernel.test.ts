import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HostLocalLeases, wholeRange } from '../../../src/model/host-local.ts'

// The plugin writes into a folder of its own and nowhere else: it knows of no interface.

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-host-local-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const written = [
  { subnet: '10.244.4.0/29' },
  { subnet: '10.244.5.0/24', rangeStart: '10.244.5.7', rangeEnd: '10.244.5.9', gateway: '10.244.5.8' },
]
const ranges = [
  wholeRange({ address: '10.244.4.0', prefix: 29 }, {}),
  wholeRange(
    { address: '10.244.5.0', prefix: 24 },
    { first: '10.244.5.7', last: '10.244.5.9', gateway: '10.244.5.8' },
  ),
]

/** The address that the real one gives; undefined where it gives none. */
async function call(command: 'ADD' | 'DEL', pod: string, asked?: string): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('/usr/lib/cni/host-local', {
    input: JSON.stringify({
      ...{ cniVersion: '1.0.0', name: 'pods', type: 'bridge' },
      ipam: { type: 'host-local', dataDir: folder, ranges: [written] },
    }),
    env: {
      ...{ CNI_COMMAND: command, CNI_CONTAINERID: pod, CNI_NETNS: '/none', CNI_IFNAME: 'eth0' },
      ...{ CNI_PATH: '/usr/lib/cni', CNI_ARGS: asked === undefined ? 'IgnoreUnknown=1' : `IP=${asked}` },
    },
    reject: false,
  })
  if (exitCode !== 0 || command === 'DEL') return undefined
  return (JSON.parse(stdout) as { ips: [{ address: string }] }).ips[0].address
}

it('netlab knows beforehand what the real host-local gives, call by call', async () => {
  const leases = new HostLocalLeases(ranges)
  const add = async (pod: string, asked?: string) => {
    const known = leases.add(pod, asked)
    const real = await call('ADD', pod, asked)
    expect({ pod, address: real }).toEqual({
      pod,
      address: known === undefined ? undefined : `${known.address}/${known.prefix}`,
    })
  }
  const take = async (pod: string) => {
    leases.delete(pod)
    await call('DEL', pod)
  }
  await add('a')
  await add('b')
  await take('a')
  await add('c')
  await add('d', '10.244.5.9')
  await add('e')
  await add('f', '10.244.5.8')
  await add('g', '10.244.4.3')
  // To the end of both ranges, with what was given back in between.
  for (const pod of ['h', 'i', 'j', 'k', 'l', 'm']) await add(pod)
  for (const pod of ['d', 'b']) await take(pod)
  for (const pod of ['n', 'o', 'p']) await add(pod)
})

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { labsFolder, openSession, type Session } from '../../labs/cli.ts'
import { processesOf } from '../../labs/processes.ts'

/** One lab for each way in which rules are made, and one with kernels of several nodes. */
const labs = [
  {
    ...{ what: 'iptables-nft', file: fileURLToPath(new URL('../../diagnose/healthy.yaml', import.meta.url)) },
    ...{ name: 'healthy', from: 'a', url: '10.100.0.1', places: ['host'] },
  },
  {
    ...{ what: 'nftables mode', file: join(labsFolder, 'nftables-mode.yaml'), name: 'nftables-mode' },
    ...{ from: 'netns_011', url: '10.100.100.100:8080', places: ['host'] },
  },
  {
    ...{ what: 'several nodes', file: join(labsFolder, 'service-across-nodes.yaml') },
    ...{ name: 'service-across-nodes', from: 'client-3', url: '10.96.0.10' },
    places: ['node-1', 'node-2', 'node-3'],
  },
]

/** Whom kill -9 may hit: netlab, its program in the lab, or the nft whose table it is. */
const victims = ['bin\\.js trace ', 'netlab/dist/trace\\.js', '^nft -i'] as const

let session: Session
afterEach(() => session.end())

/** What a shell inside says. */
async function inLab(name: string, script: string): Promise<string> {
  const { stdout, stderr, code } = await session.netlab('exec', name, '--', 'sh', '-c', script)
  // nft warns of tables that iptables has made.
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** All rules of some places, without what they count. */
async function rulesOf(name: string, places: readonly string[]): Promise<string> {
  const text = await inLab(name, places.map(place => `${at(place)}nft list ruleset`).join('; '))
  return text.replaceAll(/counter packets \d+ bytes \d+/g, 'counter')
}

const at = (place: string) => (place === 'host' ? '' : `ip netns exec ${place} `)

/** Waits until there is a table of a trace's in each of some places, or in none of them. */
async function until(name: string, places: readonly string[], state: 'there' | 'gone'): Promise<void> {
  const test = state === 'there' ? '' : '! '
  const lines = places.map(
    place => `until ${test}${at(place)}nft list tables | grep -q netlab-trace; do sleep 0.02; done`,
  )
  // What does not come in two minutes does not come.
  await inLab(name, `timeout 120 sh -c '${lines.join('; ')}'`)
}

describe.each(labs)('a trace with $what', ({ file, name, from, url, places }) => {
  it('leaves no rule behind, whoever of it is killed in the middle', async () => {
    session = openSession()
    expect(await session.netlab('up', file, '--quiet')).toMatchObject({ code: 0 })
    const before = await rulesOf(name, places)
    for (const victim of victims) {
      const begun = until(name, places, 'there')
      // So many requests take longer than it takes to kill somebody.
      const trace = session.start(['trace', name, from, url, '--requests', '400', '--json'])
      await begun
      const found = processesOf(session.stateDir).filter(({ command }) => new RegExp(victim).test(command))
      expect({ victim, found: found.length }).toEqual({ victim, found: expect.toSatisfy(count => count > 0) })
      for (const { pid } of found) process.kill(pid, 'SIGKILL')
      if (victim !== victims[2]) await trace
      await until(name, places, 'gone')
      await trace
      expect(await rulesOf(name, places)).toBe(before)
    }
    // And who asks afterwards sees all there is to see.
    const { stdout } = await session.netlab('trace', name, from, url, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ end: { kind: 'answered' }, notes: [] })
  })
})

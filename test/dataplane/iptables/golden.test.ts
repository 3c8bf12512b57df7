import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { restoreLine } from '../../../src/command/iptables-save.ts'
import { endpointChainName, serviceChainNames } from '../../../src/dataplane/iptables/chain-names.ts'
import { compileServices } from '../../../src/dataplane/iptables/compile.ts'
import { restoreText } from '../../../src/dataplane/iptables/restore-text.ts'
import { partialSync } from '../../../src/dataplane/iptables/sync.ts'
import { flushCommand, staleEntries } from '../../../src/service/conntrack.ts'
import { servicePortName } from '../../../src/service/names.ts'
import { type GoldenCase, goldenInput, normalisedRestore } from '../golden-input.ts'

const folder = process.env.NETLAB_KUBE_PROXY_GOLDEN ?? ''
const there = folder !== '' && existsSync(folder)
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')
const readCase = (file: string) => JSON.parse(read('iptables', file)) as GoldenCase

describe.skipIf(!there)("kube-proxy's own test cases (NETLAB_KUBE_PROXY_GOLDEN)", () => {
  const partial = /^2[12]-/
  const cases = there
    ? readdirSync(join(folder, 'iptables'))
        .filter(file => file.endsWith('.rules') && !partial.test(file))
        .map(file => file.replace('.rules', ''))
    : []

  it.each(cases)('%s', id => {
    const ruleSet = compileServices(goldenInput(readCase(`${id}.json`)))
    expect(normalisedRestore(restoreText(ruleSet))).toEqual(
      normalisedRestore(read('iptables', `${id}.rules`)),
    )
  })

  it.each([
    ['20-two-services-full-sync', '21-partial-sync-service-added'],
    ['21-partial-sync-service-added', '22-partial-sync-service-deleted'],
  ])('after %s: %s', (before, after) => {
    const [previous, next] = [before, after].map(id => compileServices(goldenInput(readCase(`${id}.json`))))
    const { text } = partialSync(previous!, next!)
    expect(normalisedRestore(text)).toEqual(normalisedRestore(read('iptables', `${after}.rules`)))
  })

  it('E1: the conntrack entries to flush', () => {
    const golden = JSON.parse(read('iptables', 'E1-udp-conntrack-cleanup.json')) as GoldenCase & {
      steps: { conntrackCommands: string[] }[]
    }
    const { services, family } = goldenInput(golden)
    const ports = [{ name: 'p80', protocol: 'UDP' as const, port: 80 }]
    const endpoint = { addresses: ['10.180.0.1'] }
    const slice = { namespace: 'ns1', service: 'svc1', addressType: 'IPv4' as const, ports }
    const states = [
      { services: [], slices: [] },
      { services, slices: [] },
      { services, slices: [{ ...slice, endpoints: [{ ...endpoint, ready: false }] }] },
      { services, slices: [{ ...slice, endpoints: [{ ...endpoint, ready: true }] }] },
    ]
    golden.steps.forEach(({ conntrackCommands }, step) => {
      const flushed = staleEntries(states[step]!, states[step + 1]!, family).map(flushCommand)
      expect(flushed.map(command => command.join(' ')).sort()).toEqual(conntrackCommands.toSorted())
    })
  })

  it('J1: the jumps from the built-in chains', () => {
    const golden = JSON.parse(read('iptables', 'J1-base-chain-jumps.json')) as {
      jumps: [string, string, string, string, string[]][]
    }
    const { jumps } = compileServices(goldenInput(readCase('02-clusterip-no-endpoints-reject.json')))
    expect(jumps.map(jump => `${jump.table} ${jump.from} ${restoreLine(jump.argv)}`)).toEqual(
      golden.jumps.map(([table, from, to, text, match]) =>
        [table, from, ...match, ...(text === '' ? [] : [`-m comment --comment "${text}"`]), '-j', to].join(
          ' ',
        ),
      ),
    )
  })

  it('hashes.tsv: the names of chains', () => {
    const lines = there ? read('hashes.tsv').trim().split('\n').slice(1) : []
    const current = lines.map(line => line.split('\t')).filter(fields => fields[7] === 'current')
    expect(current.length).toBeGreaterThan(90)
    for (const [
      namespace = '',
      name = '',
      portName = '',
      protocol = '',
      endpoint = '',
      chain = '',
    ] of current) {
      const port = servicePortName({ namespace, name }, { name: portName })
      const upper = protocol.toUpperCase() as 'TCP' | 'UDP' | 'SCTP'
      const names = serviceChainNames(port, upper)
      const own = [...Object.values(names), endpointChainName(port, upper, endpoint)]
      expect(own).toContain(chain)
    }
  })
})

it.skipIf(there)(
  "kube-proxy's own test cases were skipped: NETLAB_KUBE_PROXY_GOLDEN names no folder",
  () => {},
)

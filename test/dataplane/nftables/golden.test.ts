import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileServices } from '../../../src/dataplane/nftables/compile.ts'
import { scriptText } from '../../../src/dataplane/nftables/print.ts'
import type { RuleSet } from '../../../src/dataplane/nftables/rules.ts'
import {
  fullSync,
  type KernelTable,
  kernelTableOf,
  linesOf,
  partialSync,
} from '../../../src/dataplane/nftables/sync.ts'
import { type GoldenCase, goldenInput } from '../golden-input.ts'
import { SimulatedNft } from './simulated-nft.ts'

const folder = join(process.env.NETLAB_KUBE_PROXY_GOLDEN ?? '', 'nftables')
const there = process.env.NETLAB_KUBE_PROXY_GOLDEN !== undefined && existsSync(folder)

const compiled = (id: string) =>
  compileServices(goldenInput(JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')) as GoldenCase))
const rulesFile = (id: string) => readFileSync(join(folder, `${id}.rules`), 'utf8')
const tableAfter = (...scripts: (readonly string[])[]) => {
  const machine = new SimulatedNft()
  for (const lines of scripts) machine.run(lines)
  return machine.dump()
}
const commands = (text: string) => text.split('\n').filter(line => line !== '' && !line.startsWith('#'))

describe.skipIf(!there)("kube-proxy's own test cases (NETLAB_KUBE_PROXY_GOLDEN)", () => {
  const cases = there
    ? readdirSync(folder)
        .filter(file => file.endsWith('.rules'))
        .map(file => file.replace('.rules', ''))
    : []
  /** They have chains that a sync has emptied, too. */
  const withStale = /^0[36]-/

  it.each(cases.filter(id => !withStale.test(id)))('%s, as netlab prints it', id => {
    const text = scriptText(compiled(id), { explain: false })
    expect(commands(text).toSorted()).toEqual(commands(rulesFile(id)).toSorted())
    expect(tableAfter(text.split('\n'))).toEqual(tableAfter(rulesFile(id).split('\n')))
  })

  it.each(cases.filter(id => !withStale.test(id)))('%s, as a full sync leaves it', id => {
    const { cleanup, parts } = fullSync(compiled(id))
    expect(cleanup).toEqual([])
    expect(tableAfter(linesOf(parts))).toEqual(tableAfter(rulesFile(id).split('\n')))
  })

  it('case after case, as partial syncs leave them, with as many operations as kube-proxy needs', () => {
    const [first = '', ...rest] = cases.filter(id => !id.startsWith('01-'))
    const machine = new SimulatedNft()
    let before = compiled(first)
    let stale: readonly string[] = []
    machine.run(linesOf(fullSync(before).parts))
    const operations: Record<string, number> = {}
    const syncTo = (next: RuleSet) => {
      const { cleanup, parts, ...told } = partialSync(before, next, withEmpty(kernelTableOf(before), stale))
      machine.run(linesOf([{ commands: cleanup }]))
      machine.run(linesOf(parts))
      before = next
      stale = told.stale
      return linesOf(parts).length
    }
    for (const id of rest) {
      const next = compiled(id)
      operations[id] = syncTo(next)
      // What is emptied goes with the next sync, and else it has nothing to do.
      if (!withStale.test(id)) expect(syncTo(next)).toBe(0)
      expect(machine.dump()).toEqual(tableAfter(rulesFile(id).split('\n')))
    }
    // Of 05 kube-proxy's test makes four changes; the others are one change there, too.
    expect(operations).toMatchObject({
      '03-service-deleted-stale-chains': 4,
      '04-service-without-endpoints': 2,
      '06-endpoints-emptied': 5,
    })
  })
})

/** With chains that an earlier sync has emptied. */
function withEmpty(kernel: KernelTable, chains: readonly string[]): KernelTable {
  return { ...kernel, chains: new Map([...kernel.chains, ...chains.map(name => [name, []] as const)]) }
}

it.skipIf(there)(
  "kube-proxy's own test cases were skipped: NETLAB_KUBE_PROXY_GOLDEN names no folder",
  () => {},
)

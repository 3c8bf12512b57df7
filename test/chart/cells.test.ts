import { describe, expect, it, test } from 'vitest'
import { cellsOf, labText, lastAddress, viewOf, wayOf } from '../../src/chart/cells.ts'
import { chartModes } from '../../src/chart/modes.ts'
import { ruleWriters } from '../../src/dataplane/modes.ts'
import { labOfDocuments } from '../../src/read/load-lab.ts'
import { readDocuments } from '../../src/text/document.ts'

const cells = cellsOf(chartModes, [1, 10, 300])
const cellOf = (mode: string, services: number) =>
  cells.find(each => each.mode.name === mode && each.services === services)!

test('every mode has a node of its own for every number of services, each number after the other', () => {
  expect(cells.map(({ node }) => node).slice(0, chartModes.length + 1)).toEqual([
    ...chartModes.map(({ name }) => `${name}-1`),
    'direct-10',
  ])
})

test('the lab of all cells is one that up takes', () => {
  const text = labText('chart-1', cells)
  const lab = labOfDocuments(readDocuments(text, 'chart'), text, 'chart')
  expect({ nodes: lab.nodes.length, pods: lab.pods.length }).toEqual({
    nodes: cells.length,
    pods: 2 * cells.length,
  })
})

describe('the last of 300 services', () => {
  const cell = cellOf('iptables-nft', 300)

  it('is the last that iptables reads, before node ports', () => {
    const { nat } = ruleWriters.iptables.json(ruleWriters.iptables.compile(viewOf(cell)), {
      jumps: false,
    }) as {
      nat: Record<string, string[][]>
    }
    const list = nat['KUBE-SERVICES']!.filter(rule => rule.includes('-d')).map(
      rule => rule[rule.indexOf('-d') + 1],
    )
    expect({ count: list.length, last: list.at(-1) }).toEqual({ count: 300, last: lastAddress(cell) })
  })

  it('is asked, and leads to the pod of this cell', () => {
    expect(wayOf(cell)).toMatchObject({ address: '10.96.1.44', port: 80, server: 'server-iptables-nft-300' })
    expect([...viewOf(cell).slices].at(-1)?.endpoints).toEqual([
      { addresses: [cell.serverAddress], nodeName: cell.node },
    ])
  })
})

test('without a mode the pod itself is asked', () => {
  const cell = cellOf('direct', 300)
  expect(wayOf(cell)).toMatchObject({ address: cell.serverAddress, port: 8080 })
})

import { describe, expect, it, test } from 'vitest'
import { renderChartCsv } from '../../../src/view/chart/csv.ts'
import { renderChartSvg } from '../../../src/view/chart/svg.ts'
import { chartOf } from '../../chart/fixtures.ts'

const chart = chartOf([1, 10, 100, 1000, 2000, 5000])

test('the table has a line of names, one for each point, and as many values in each', () => {
  const [names = '', ...rows] = renderChartCsv(chart).trimEnd().split('\n')
  expect(rows.length).toBe(chart.points.length)
  expect(new Set([names, ...rows].map(line => line.split(',').length)).size).toBe(1)
  const at = (row: string, name: string) => row.split(',')[names.split(',').indexOf(name)]
  const row = rows.find(each => each.startsWith('nftables,1000,'))!
  expect(['connect_median_us', 'load_ms', 'load_memory_bytes', 'counted'].map(name => at(row, name))).toEqual(
    ['54.5', '912', '4001000', ''],
  )
})

test('a round of fewer than a hundred connections has no 99th percentile in the files', () => {
  const few = chartOf([1, 10], undefined, 50)
  const [names = '', row = ''] = renderChartCsv(few).split('\n')
  const column = names.split(',').indexOf('connect_p99_us')
  expect(row.split(',').slice(column - 3, column + 4)).toEqual(['40', '38.4', '42', '', '', '', '190'])
  const svg = renderChartSvg(few)
  expect(svg).not.toContain('A new connection: 99th percentile')
  expect(svg).toContain('50 connections in a round have no 99th percentile')
})

/** The names of elements that are opened and closed one inside the other; throws where that is not so. */
function elementsOf(xml: string): string[] {
  const open: string[] = []
  const all: string[] = []
  for (const [, close, name = '', , empty] of xml.matchAll(
    /<(\/?)([a-zA-Z]+)((?:\s[\w-]+="[^"<]*")*)(\/?)>/g,
  )) {
    if (close === '/') expect(open.pop()).toBe(name)
    else {
      all.push(name)
      if (empty !== '/') open.push(name)
    }
  }
  expect(open).toEqual([])
  return all
}

describe('the picture', () => {
  const svg = renderChartSvg(chart)

  it('is well-formed, and nothing of it runs or is fetched', () => {
    const leftOver = svg.replaceAll(/<\/?[a-zA-Z]+(?:\s[\w-]+="[^"<]*")*\/?>/g, '')
    expect(leftOver).not.toMatch(/[<]/)
    const allowed = 'svg title desc style rect text g line polyline circle polygon path'.split(' ')
    expect(elementsOf(svg).filter(name => !allowed.includes(name))).toEqual([])
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/)
  })

  it('has a line for each mode in each of its six panels, and a mark for each point', () => {
    expect(svg.match(/<polyline /g)?.length).toBe(4 * 4 + 2 * 3)
    expect(svg.match(/class="mark"/g)?.length).toBe(4 + 4 * 24 + 2 * 18)
  })

  it('has no coordinate that is not a number', () => expect(svg).not.toMatch(/NaN|Infinity|undefined/))

  it('is for light pages and for dark ones', () =>
    expect(svg).toContain('@media (prefers-color-scheme: dark)'))

  it('says in words what it shows, for whoever cannot see it', () => {
    expect(svg).toMatch(/<desc id="words">[^<]*iptables-nft grows: ×4\.63/)
  })

  it('counts its rounds', () => {
    expect(svg).toContain(', 20 rounds; bars')
    expect(renderChartSvg({ ...chart, rounds: 1 })).toContain(', 1 round; bars')
  })

  it('escapes what the machine says of itself', () => {
    const hostile = { ...chart, machine: { ...chart.machine, processor: '"><script>x</script>' } }
    expect(elementsOf(renderChartSvg(hostile))).not.toContain('script')
  })
})

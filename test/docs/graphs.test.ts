import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { graphOf } from '../../src/graph/lab-graph.ts'
import { chainsOf } from '../../src/graph/lab-rules.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab } from '../../src/read/load-shipped.ts'
import { renderGraph, renderRules } from '../../src/view/graph/graph-formats.ts'
import { plainStyle } from '../../src/view/terminal.ts'
import { linkedFiles, page } from './markdown.ts'

// UPDATE=1 draws them anew.

const built = (lab: string) => labAsBuilt(loadLab(findLab(lab)))

function topology(lab: string): Promise<string> {
  return renderGraph(plainStyle(), graphOf(built(lab)), 'svg')
}

function rules(name: string, service: string): Promise<string> {
  const { lab, condition } = built(name)
  return renderRules(plainStyle(), { name, found: chainsOf(lab, condition.endpoints) }, 'svg', service)
}

const pictures: Readonly<Record<string, () => Promise<string>>> = {
  clusterip: () => topology('clusterip'),
  'flannel-vxlan': () => topology('flannel-vxlan'),
  'calico-ptp': () => topology('calico-ptp'),
  'nat-router': () => topology('nat-router'),
  'service-across-nodes': () => topology('service-across-nodes'),
  'three-backends-rules': () => rules('three-backends', 'default/nginx'),
}

test.each(Object.entries(pictures))('docs/graphs/%s.svg is what the lab gives now', async (name, draw) => {
  const path = `docs/graphs/${name}.svg`
  const drawn = await draw()
  if (process.env.UPDATE === '1') writeFileSync(path, drawn)
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(drawn)
})

test('the pages show each of them, and no other', () => {
  const shown = ['README.md', 'docs/graphs.md'].flatMap(path => linkedFiles(page(path)))
  const drawn = shown.filter(path => path.startsWith('docs/graphs/'))
  expect([...new Set(drawn)].toSorted()).toEqual(
    Object.keys(pictures)
      .map(name => `docs/graphs/${name}.svg`)
      .toSorted(),
  )
})

import { expect, test } from 'vitest'
import { captureSources } from '../../../src/observe/capture/sources.ts'
import { loadLab } from '../../../src/read/load-lab.ts'

const lab = loadLab('labs/clusterip.yaml')

test('without a word all places of the lab are meant, with all of their links', () => {
  expect(captureSources(lab, [])).toEqual(
    ['host', 'netns_011', 'netns_021', 'client'].map(place => ({ place, links: 'all' })),
  )
})

test('a place means all of its links, also where one of them is named besides', () => {
  expect(captureSources(lab, ['netns_021', 'host:br1', 'host:lo', 'host:br1'])).toEqual([
    { place: 'netns_021', links: 'all' },
    { place: 'host', links: ['br1', 'lo'] },
  ])
  expect(captureSources(lab, ['host:br1', 'host'])).toEqual([{ place: 'host', links: 'all' }])
  expect(captureSources(lab, ['host', 'host:lo'])).toEqual([{ place: 'host', links: 'all' }])
})

test('a place that is none is told with those that there are', () => {
  expect(() => captureSources(lab, ['nobody:eth0'])).toThrow(
    expect.objectContaining({
      message: 'clusterip has no place named nobody',
      fix: 'there are: host, netns_011, netns_021, client',
      exitCode: 2,
    }),
  )
})

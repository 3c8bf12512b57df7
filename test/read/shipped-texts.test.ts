import { expect, it } from 'vitest'
import { loadTranslated } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'

const inChinese = ['clusterip', 'flannel-host-gw', 'nat-router', 'nodeport']

it('these labs have Chinese texts', () => {
  const translated = shippedLabs().filter(
    name => loadTranslated(findLab(name), 'zh').untranslated !== undefined,
  )
  expect(translated).toEqual(expect.arrayContaining(inChinese))
})

it.each(inChinese)('nothing that people read of %s stays English', name => {
  const { lab, untranslated } = loadTranslated(findLab(name), 'zh')
  expect(untranslated).toEqual([])
  const means = lab.steps
    .flatMap(({ check }) => check)
    .flatMap(check => (check.kind === 'curl' ? check.expect : []))
    .flatMap(expectation => ('means' in expectation ? [expectation.means ?? ''] : []))
  const texts = [lab.title, ...lab.steps.flatMap(({ title, why }) => [title, why]), ...means].filter(Boolean)
  expect(texts.filter(text => !/\p{Script=Han}/u.test(text))).toEqual([])
  expect(texts.filter(text => /[\p{Script=Han}，。；：、] [\p{Script=Han}，。；：、]/u.test(text))).toEqual(
    [],
  )
  expect(texts.filter(text => /[\p{Script=Han}][,;:?!()]|[,;:?!()]\p{Script=Han}/u.test(text))).toEqual([])
})

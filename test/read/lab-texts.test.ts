import { expect, it } from 'vitest'
import { parseLab } from '../../src/read/parse-lab.ts'

const lab = `name: x
title: {en: Two pods, zh: 两个 Pod}
pods: {a: {address: 10.0.0.11/24, serve: 80}, b: 10.0.0.12/24}
bridge: {name: br1, address: 10.0.0.1/24}
steps:
  - title: They meet
    why: A bridge is a switch.
    check:
      - curl: 10.0.0.11:80
        from: b
        expect: [{backend: a, means: Fine.}, {fails: any, means: {en: Not so., zh: 不太好。}}]
  - {title: "The end: of it", why: {en: All is said., zh: 说完了。}}
`

function inChinese(text?: string) {
  const file = text === undefined ? {} : { file: { path: 'x.zh.yaml', text } }
  return parseLab(lab, 'x.yaml', () => ({ refusal: '' }), { language: 'zh', ...file })
}

it('a text in several languages is read in the one that is wanted, and in English where that has none', () => {
  const english = parseLab(lab, 'x.yaml', () => ({ refusal: '' })).lab
  expect([english?.title, english?.steps[1]?.why, english?.language]).toEqual([
    'Two pods',
    'All is said.',
    undefined,
  ])
  const { lab: chinese, untranslated } = inChinese()
  expect([chinese?.title, chinese?.steps[0]?.why, chinese?.steps[1]?.why, chinese?.language]).toEqual([
    '两个 Pod',
    'A bridge is a switch.',
    '说完了。',
    'zh',
  ])
  expect(untranslated?.map(({ line, column }) => `${line}:${column}`)).toEqual([
    '6:12',
    '7:10',
    '11:38',
    '12:13',
  ])
})

it('the file beside a lab gives what the lab has in English alone', () => {
  const { lab: chinese, untranslated } = inChinese(`steps:
  They meet: {title: 相遇, why: 网桥是交换机。}
  "The end: of it": {title: 完}
`)
  expect(chinese?.steps.map(({ title, why }) => [title, why])).toEqual([
    ['相遇', '网桥是交换机。'],
    ['完', '说完了。'],
  ])
  expect(chinese?.sources.map(({ path }) => path)).toEqual(['x.yaml', 'x.zh.yaml'])
  expect(untranslated?.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
    'x.zh.yaml:2 no "means": it stays English',
  ])
})

it('lists have as many texts as the step has', () => {
  const { problems } = inChinese('steps: {They meet: {means: [好]}}')
  expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    '1:21 1 of "means", and in x.yaml the step has 2',
  ])
})

it('a file of texts that is empty, or no YAML, is told with its place', () => {
  expect(inChinese('').problems.map(({ file, message }) => `${file} ${message}`)).toEqual([
    'x.zh.yaml the file is empty',
  ])
  expect(inChinese('title: [').problems[0]).toMatchObject({ file: 'x.zh.yaml', line: 1 })
  expect(inChinese('title: "\\e[2J"').problems[0]?.message).toContain('control character')
})

it('a step may be called like what every object inherits', () => {
  const { problems } = inChinese('steps: {constructor: {title: 好}, __proto__: {title: 好}}')
  expect(problems.length).toBeGreaterThan(0)
})

it('a lab that has nothing in a language has nothing untranslated either', () => {
  const plain = 'name: x\npods: {a: 10.0.0.1/24}\n'
  const wanted = { language: 'zh' } as const
  expect(parseLab(plain, 'x.yaml', () => ({ refusal: '' }), wanted).untranslated).toBeUndefined()
})

it('what a pattern asks for is said in each language, and only where there is a pattern', () => {
  const said = (expectation: string, texts: string) => {
    const text = `name: x
title: Some pods
bridge: {name: br0, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24}}
steps:
  - title: They meet
    check: [{command: ip rule, expect: ${expectation}}]
`
    const file = { path: 'x.zh.yaml', text: texts }
    return parseLab(text, 'x.yaml', () => ({ refusal: '' }), { language: 'zh', file })
  }
  const { lab } = said('{output: "(?!a)", says: no a}', 'steps: {They meet: {says: [没有 a]}}')
  expect(lab?.steps.flatMap(({ check }) => check)).toMatchObject([{ output: '(?!a)', says: '没有 a' }])
  expect(said('{exit: 1, says: no a}', 'steps: {They meet: {says: [没有 a]}}').problems).toMatchObject([
    { message: '"says" is what an "output" asks for, and there is none' },
  ])
})

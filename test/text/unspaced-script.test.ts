import { expect, it } from 'vitest'
import { breakable, withoutFoldBlanks } from '../../src/text/unspaced-script.ts'

it('leaves no blank where YAML has folded a line of Chinese, and those around words of other scripts', () => {
  expect(withoutFoldBlanks('网桥 是交换机， eth0 在 Pod 里。 它')).toBe('网桥是交换机，eth0 在 Pod 里。它')
  expect(withoutFoldBlanks('a switch. It is one')).toBe('a switch. It is one')
})

it('breaks between any two characters, but not before a mark that closes or after one that opens', () => {
  expect(breakable('网桥（br1）转发。')).toEqual(['网', '桥', '（br1）', '转', '发。'])
  expect(breakable('“链”、规则')).toEqual(['“链”、', '规', '则'])
  expect(breakable('10.0.0.1/24,x')).toEqual(['10.0.0.1/24,x'])
})

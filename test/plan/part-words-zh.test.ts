import { expect, it } from 'vitest'
import { stepOutlines } from '../../src/plan/outline.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'

it('what netlab builds by itself is told in the language of the lab, in the same steps', () => {
  for (const name of shippedLabs()) {
    const english = stepOutlines(loadLab(findLab(name)))
    const chinese = stepOutlines(loadLab(findLab(name), 'zh'))
    expect(chinese.map(({ from, checks }) => [from, checks.length])).toEqual(
      english.map(({ from, checks }) => [from, checks.length]),
    )
    const own = chinese.filter(({ from }) => from === 'topology')
    expect(
      own.filter(({ title, why }) => !/[\p{Script=Han}：]/u.test(title) || !/\p{Script=Han}/u.test(why)),
    ).toEqual([])
  }
})

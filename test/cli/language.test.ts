import { expect, it } from 'vitest'
import { languageOf } from '../../src/cli/language.ts'

it.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'zh_TW.utf8' }, 'zh'],
  [{ LANG: 'zh' }, 'zh'],
  [{ LANG: 'zh_CN.UTF-8@pinyin' }, 'zh'],
  [{ LANG: 'zh_CN.GB18030' }, 'en'],
  [{ LANG: 'C' }, 'en'],
  [{ LANG: 'POSIX' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
  [{ LANG: 'zhuang' }, 'en'],
  [{}, 'en'],
  [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [{ LC_ALL: '', LC_MESSAGES: 'zh_CN.UTF-8', LANG: 'en_GB.UTF-8' }, 'zh'],
  [{ LC_MESSAGES: '', LANG: 'zh_CN.UTF-8' }, 'zh'],
])('%j speaks %s', (env, language) => {
  expect(languageOf(env)).toBe(language)
})

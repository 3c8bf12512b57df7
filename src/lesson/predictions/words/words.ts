import type { Lab } from '../../../model/lab.ts'
import type { Language } from '../../../model/language.ts'
import { observationInChinese } from '../../../verify/observation-zh.ts'
import type { CheckResult } from '../../../verify/report.ts'
import { en, type PredictionWords } from './en.ts'
import { zh } from './zh.ts'

const inLanguages: Readonly<Record<Language, PredictionWords>> = { en, zh }

/** What questions and answers say in the language of a lab. */
export function wordsOf({ language }: Lab): PredictionWords {
  return inLanguages[language ?? 'en']
}

/** What came of a check, in the language of a lab. */
export function observationIn({ language }: Lab, { seen, observed }: CheckResult): string {
  return seen !== undefined && language === 'zh' ? observationInChinese(seen) : observed
}

import type { Language } from '../../model/language.ts'
import { en, type Words } from './en.ts'
import { zh } from './zh.ts'

export type { Words } from './en.ts'

/** What a lesson says, in each language. */
export const wordsIn: Readonly<Record<Language, Words>> = { en, zh }

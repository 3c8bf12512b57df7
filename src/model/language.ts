/** The languages in which netlab leads through a lesson; a lab may have its texts in each. `en` is always there. */
export const languages = ['en', 'zh'] as const

export type Language = (typeof languages)[number]

/** Those that a lab may have its texts in besides English. */
export const translations = languages.filter(language => language !== 'en')

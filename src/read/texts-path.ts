import { type Language, translations } from '../model/language.ts'

const ending = /\.ya?ml$/

/** Where a lab's texts in a language lie, which is beside it: `clusterip.zh.yaml` of `clusterip.yaml`. English ones are in the lab itself. */
export function textsPath(lab: string, language: Language): string | undefined {
  const yaml = ending.exec(lab)?.[0]
  return language === 'en' || yaml === undefined
    ? undefined
    : `${lab.slice(0, -yaml.length)}.${language}${yaml}`
}

/** The paths of a lab's texts in all languages, whether they are there or not. */
export function textsPaths(lab: string): string[] {
  return translations.flatMap(language => textsPath(lab, language) ?? [])
}

/** The lab whose texts a file holds, if its name says that it does. */
export function labOfTexts(path: string): { lab: string; language: Language } | undefined {
  const [, stem, language, yaml] = /^(.+)\.([a-z]+)(\.ya?ml)$/.exec(path) ?? []
  const known = translations.find(each => each === language)
  return known === undefined ? undefined : { lab: `${stem}${yaml}`, language: known }
}

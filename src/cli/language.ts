import { InvalidArgumentError, Option } from 'commander'
import { type Language, languages } from '../model/language.ts'

/** `--lang LANGUAGE`. */
export function languageOption(): Option {
  const option = new Option(
    '--lang <language>',
    "language of the lesson, and of the lab's texts as far as it has them; by default what LC_ALL, LC_MESSAGES or LANG say",
  ).argParser(askedLanguage)
  // For completion; `choices()` would refuse `zh_CN.UTF-8`.
  option.argChoices = [...languages]
  return option
}

/** The language that is asked for, or else that of the environment. */
export function languageFor(asked: Language | undefined): Language {
  return asked ?? languageOf(process.env)
}

/** What a command line in a virtual machine says of it, where the environment is another. */
export function languageWords(asked: Language | undefined): string[] {
  const language = languageFor(asked)
  return language === 'en' ? [] : ['--lang', language]
}

/** The language of a POSIX environment; English where netlab does not speak it, or does not write its characters. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find(each => each !== undefined && each !== '') ?? ''
  const [, encoding] = /\.([^@]*)/.exec(locale) ?? []
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) return 'en'
  return known(locale) ?? 'en'
}

/** Throws commander's error for a wrong argument where netlab does not speak it. */
function askedLanguage(text: string): Language {
  const language = known(text)
  if (language !== undefined) return language
  throw new InvalidArgumentError(`netlab speaks ${languages.join(' and ')}.`)
}

/** `zh` of `zh`, `zh_CN.UTF-8`, `zh-Hans`. */
function known(locale: string): Language | undefined {
  const [, language = ''] = /^([A-Za-z]+)(?:[-_.@]|$)/.exec(locale) ?? []
  return languages.find(each => each === language.toLowerCase())
}

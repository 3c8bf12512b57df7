import type { Command, Help } from 'commander'

/** What a command line's help says, as the source of a manual page (`man 7 man`, section 1). `about`: sections behind the verbs. */
export function manPage(
  program: Command,
  version: string,
  about: Readonly<Record<string, readonly [term: string, words: string][]>>,
): string {
  const help = program.createHelp()
  const verbs = help.visibleCommands(program).filter(verb => verb.name() !== 'help')
  const [first = ''] = program.description().split(':')
  const lines = [
    `.\\" Written by npm run generate.`,
    `.TH NETLAB 1 "" "netlab ${version}" "User Commands"`,
    '.SH NAME',
    `netlab \\- ${text(first)}`,
    '.SH SYNOPSIS',
    '.B netlab',
    '.I verb',
    '[options]',
    '.SH DESCRIPTION',
    text(program.description().replaceAll('\n', ' ')),
    '.SH VERBS',
    ...verbs.flatMap(verb => verbLines(verb, help)),
    ...Object.entries(about).flatMap(([title, entries]) => [
      `.SH ${text(title)}`,
      ...entries.flatMap(([term, words]) => entry(term, words)),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

/** A verb with its options, and after it those that it has within it. */
function verbLines(verb: Command, help: Help): string[] {
  const options = help.visibleOptions(verb).filter(({ long }) => long !== '--help')
  const inner = help.visibleCommands(verb).filter(each => each.name() !== 'help')
  return [
    `.SS "${text(help.commandUsage(verb)).replaceAll('"', '\\(dq')}"`,
    text(sentence(verb.description())),
    ...help
      .visibleArguments(verb)
      .flatMap(each => entry(help.argumentTerm(each), help.argumentDescription(each))),
    ...options.flatMap(each => entry(help.optionTerm(each), help.optionDescription(each))),
    ...inner.flatMap(each => verbLines(each, help)),
  ]
}

function entry(term: string, words: string): string[] {
  return ['.TP', `.B ${text(term).replaceAll('"', '\\(dq')}`, text(words)]
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** A text that means what it says: roff has commands in lines that begin with a dot, and behind each backslash. */
function text(words: string): string {
  const escaped = words.replaceAll('\\', '\\e').replaceAll('-', '\\-')
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped
}

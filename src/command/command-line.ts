import type { Command } from './command.ts'
import { host } from './command.ts'

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/
/** Words that a shell takes for its own where a command's name stands, an assignment among them. */
const shellsOwn = /=|^(!|case|do|done|elif|else|esac|fi|for|function|if|in|select|then|time|until|while)$/

/** One word as a POSIX shell reads it back unchanged, anywhere but where a command's name stands. */
export function shellWord(word: string): string {
  return plainWord.test(word) ? word : quoted(word)
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** An argv as people type it; a shell splits it back into the same argv. */
export function shellLine([program = '', ...args]: readonly string[]): string {
  const name = shellsOwn.test(program) ? quoted(program) : shellWord(program)
  // iptables' exclamation mark means nothing to a shell when it stands alone, and everybody types it bare.
  return [name, ...args.map(word => (word === '!' ? word : shellWord(word)))].join(' ')
}

/** A line of shell with the text that it reads, which ends in a line break, below it. */
export function hereDocument(line: string, text: string, mark = 'END'): string {
  if (text.split('\n').includes(mark)) return hereDocument(line, text, `${mark}_`)
  return `${line} <<'${mark}'\n${text}${mark}`
}

/** The argv that runs a command from the host's namespace: `ip -n POD …`, or `ip netns exec POD …`. */
export function hostArgv(command: Pick<Command, 'argv' | 'in'>): readonly string[] {
  if (command.in === host) return command.argv
  const [program, ...args] = command.argv
  if (program === 'ip' && args[0] !== 'netns') return ['ip', '-n', command.in, ...args]
  return ['ip', 'netns', 'exec', command.in, ...command.argv]
}

/** A command as people type it on the host, with its input as a here-document and `&` where it goes on running. */
export function commandLine(command: Command): string {
  const line = shellLine(hostArgv(command))
  if (command.container !== undefined) return `${line} &`
  const { argv, input } = command
  if (input === undefined) return line
  const quiet = argv[0] === 'tee' ? `${line} >/dev/null` : line
  return input.endsWith('\n') ? hereDocument(quiet, input) : `printf %s ${shellWord(input)} | ${quiet}`
}

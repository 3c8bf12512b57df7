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

/** A line for `nft -f` as nft's own command line: in one word where a shell would make something of it. */
export function nftArgv(line: string): readonly string[] {
  return ['nft', ...(/[{};"!&|*<>]/.test(line) ? [line] : line.split(' '))]
}

/** A line of shell with the text that it reads, which ends in a line break, below it. */
export function hereDocument(line: string, text: string): string {
  const mark = freeMark(text)
  return `${line} <<'${mark}'\n${text}${mark}`
}

/** A word that is no line of a text. */
function freeMark(text: string, mark = 'END'): string {
  return text.split('\n').includes(mark) ? freeMark(text, `${mark}_`) : mark
}

/** A command that reads what another one has printed, or keeps what it prints; `tail` says what becomes of that. */
export function lineWithFiles(command: Command, tail: string): string {
  const { input = '', insert } = command
  const mark = freeMark(input)
  const line = shellLine(hostArgv(command))
  const end = tail === '' ? '' : ` ${tail}`
  if (insert === undefined) return `${line} <<'${mark}'${end}\n${input}${mark}`
  return `${line} <<${mark}${end}\n${withInsertion(input, insert)}${mark}`
}

/** A here-document's text in which a shell finds this one thing to put in; it is the last of its kind, whatever stands before it. */
function withInsertion(text: string, inserted: string): string {
  const at = text.lastIndexOf(inserted)
  const plain = (part: string) => part.replaceAll(/[\\$`]/g, '\\$&')
  return plain(text.slice(0, at)) + inserted + plain(text.slice(at + inserted.length))
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
  const { argv, input, insert, output } = command
  if (output !== undefined) return lineWithFiles(command, `| tee ${shellWord(output)}`)
  if (insert !== undefined) return lineWithFiles(command, '')
  if (input === undefined) return line
  const quiet = argv[0] === 'tee' ? `${line} >/dev/null` : line
  return input.endsWith('\n') ? hereDocument(quiet, input) : `printf %s ${shellWord(input)} | ${quiet}`
}

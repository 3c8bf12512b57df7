import { host } from '../lab/lab.ts'
import type { Command } from './plan.ts'

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/

/** One word as a POSIX shell reads it back unchanged. */
export function shellWord(word: string): string {
  return plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** An argv as people type it; a shell splits it back into the same argv. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ')
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
  if (command.input === undefined) return line
  const quiet = command.argv[0] === 'tee' ? `${line} >/dev/null` : line
  return `${quiet} <<'END'\n${command.input.replace(/\n?$/, '\n')}END`
}

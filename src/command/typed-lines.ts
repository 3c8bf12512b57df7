import { shellWord } from './command-line.ts'

/**
 * A line for a shell inside a lab (`A && B`), as lines to type on the machine, one after the other: wherever they are pasted, nothing of
 * them runs but inside that lab. What begins with `netlab` stands as it is.
 */
export function typedLines(lab: string, line: string): string[] {
  const commands = commandsOf(line)
  if (commands === undefined) return [`netlab exec ${lab} -- sh -c ${shellWord(line)}`]
  return commands.map(command =>
    command.startsWith('netlab ') ? command : `netlab exec ${lab} -- ${command}`,
  )
}

/** The commands of a line that `&&` joins; undefined where a shell would do anything else than run one after the other. */
function commandsOf(line: string): readonly string[] | undefined {
  const commands = ['']
  for (const [piece = ''] of line.matchAll(/'[^']*'|\\.|&&|[\s\S]/g)) {
    if (piece === '&&') commands.push('')
    else if (/^[|&;<>()$`"'*?#~[\]{}\\\n]$/.test(piece)) return undefined
    else commands[commands.length - 1] += piece
  }
  return commands.map(command => command.trim())
}

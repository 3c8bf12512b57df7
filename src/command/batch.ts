import { type Command, enterNetwork, host, type Place } from './command.ts'
import { hereDocument, hostArgv, shellLine, shellWord } from './command-line.ts'
import { parseIp } from './ip-argv.ts'
import { parseIptables } from './iptables-argv.ts'
import { restoreLine } from './iptables-save.ts'
import { chainBytes, inTransactions, messageBytes, mostBytes, nftBytes } from './transaction.ts'

/** Commands that go out as one: a line of shell for all of them, with what it reads. */
export interface Batch {
  kind:
    | 'ip'
    | 'bridge'
    | 'iptables'
    | 'ip6tables'
    | 'sysctl'
    | 'sysctl -e'
    | 'mkdir'
    | 'nft'
    | 'ipset'
    | 'single'
  in: Place
  commands: readonly Command[]
}

/** A call of a CNI plugin, which goes alone: what it prints is read. */
export interface PluginRun {
  kind: 'plugin'
  commands: readonly Command[]
}

/** Commands for a node's socket load balancer, which is outside of the lab. */
export interface SocketLbRun {
  kind: 'socket-lb'
  commands: readonly Command[]
}

/** Programs of a pod that start together. */
export interface Servers {
  kind: 'servers'
  commands: readonly Command[]
}

/**
 * Groups neighbouring commands that one process can carry out: `ip -batch`, `iptables-restore --noflush`, `nft -f`, `ipset restore`, one
 * `sysctl`. The order stays as it is. With `apart` every command is on its own.
 */
export function batches(
  commands: readonly Command[],
  apart = false,
): readonly (Batch | Servers | PluginRun | SocketLbRun)[] {
  const groups: {
    kind: Batch['kind'] | 'servers' | 'plugin' | 'socket-lb'
    in: Place
    commands: Command[]
    bytes: number
  }[] = []
  for (const command of commands) {
    const kind =
      command.container !== undefined ? 'servers' : command.plugin !== undefined ? 'plugin' : kindOf(command)
    const last = groups.at(-1)
    const mayJoin = !apart && kind !== 'single' && kind !== 'plugin'
    const bytes = kind === 'nft' ? nftBytes(nftLine(command)) : 0
    const joins =
      mayJoin &&
      last?.kind === kind &&
      (kind === 'servers' || kind === 'socket-lb' || last.in === command.in) &&
      last.bytes + bytes <= mostBytes
    if (joins) {
      last.commands.push(command)
      last.bytes += bytes
    } else groups.push({ kind, in: command.in, commands: [command], bytes })
  }
  return groups.map(({ bytes: _, ...group }) => group) as readonly (
    | Batch
    | Servers
    | PluginRun
    | SocketLbRun
  )[]
}

function kindOf({ argv, input }: Command): Batch['kind'] | 'socket-lb' {
  const [program, first = '', ...rest] = argv
  if (program === 'netlab' && first === 'socket-lb') return 'socket-lb'
  const mayJoin = input === undefined && !argv.some(word => word === '' || word.includes('\n'))
  if (!mayJoin) return 'single'
  if (program === 'ip') return joinsIpBatch(argv) && isBatchable(argv) ? 'ip' : 'single'
  if (program === 'bridge')
    return first === 'link' && rest[0] === 'set' && isBatchable(argv) ? 'bridge' : 'single'
  if (program === 'iptables' || program === 'ip6tables')
    return restorable(argv) === undefined ? 'single' : program
  if (program === 'sysctl') {
    if (first === '-w' && areSettings(rest)) return 'sysctl'
    return first === '-e' && rest[0] === '-w' && areSettings(rest.slice(1)) ? 'sysctl -e' : 'single'
  }
  if (program === 'nft') return /^(?:add|delete|flush) /.test(argv.slice(1).join(' ')) ? 'nft' : 'single'
  if (program === 'ipset')
    return /^(?:create|add|del|destroy|flush)$/.test(first) && isBatchable(argv) ? 'ipset' : 'single'
  if (program === 'mkdir') return first === '-p' ? 'mkdir' : 'single'
  return 'single'
}

function areSettings(words: readonly string[]): boolean {
  return words.every(word => word.includes('='))
}

/** Commands whose output is why they are run are not put in a batch, nor those that start another program. */
function joinsIpBatch(argv: readonly string[]): boolean {
  const command = parseIp(argv)
  // Options before the object are the process's own.
  if (command === undefined || command.options.length > 0 || command.namespace !== undefined) return false
  const { object, verb } = command
  return object === 'netns' ? verb === 'add' : !/^(|show|list|lst|get|save|monitor)$/.test(verb)
}

/** A batch as shell text that ends with the batch's exit code. `crowded`: it is one of very many places. */
export function batchScript({ kind, in: place, commands }: Batch, crowded = false): string {
  const [first] = commands
  if (first === undefined) return ':'
  const at = (argv: readonly string[]) => shellLine(hostArgv({ argv, in: place }))
  if (commands.length === 1) return singleScript(first)
  switch (kind) {
    case 'ip':
    case 'bridge': {
      const lines = commands.map(({ argv }) => argv.slice(1).map(batchWord).join(' '))
      const batch = [kind, '-batch', '-']
      // `ip -n` is one program less than nsenter, but it copies the mounts of all places, which their number makes dear.
      const line =
        kind === 'ip' && !crowded ? hostArgv({ argv: batch, in: place }) : [...enterNetwork(place), ...batch]
      return hereDocument(shellLine(line), `${lines.join('\n')}\n`)
    }
    case 'iptables':
    case 'ip6tables':
      return hereDocument(at([`${kind}-restore`, '--noflush', '-w']), restoreInput(commands))
    case 'nft':
      return hereDocument(at(['nft', '-f', '-']), commands.map(command => `${nftLine(command)}\n`).join(''))
    case 'ipset': {
      const lines = commands.map(({ argv }) => argv.slice(1).join(' '))
      return hereDocument(at(['ipset', 'restore']), `${lines.join('\n')}\n`)
    }
    case 'sysctl':
      return at(['sysctl', '-q', '-w', ...commands.flatMap(({ argv }) => argv.slice(2))])
    case 'sysctl -e':
      return at(['sysctl', '-q', '-e', '-w', ...commands.flatMap(({ argv }) => argv.slice(3))])
    case 'mkdir':
      return at(['mkdir', '-p', ...commands.flatMap(({ argv }) => argv.slice(2))])
    default:
      return commands.map(singleScript).join(' && ')
  }
}

/** A command of nft as a line for `nft -f`; nft puts the words of its command line together in the same way. */
function nftLine({ argv }: Command): string {
  return argv.slice(1).join(' ')
}

/** Files are written by the shell itself: a tee for each would be a process for each. */
function singleScript(command: Command): string {
  const { argv, input, in: place } = command
  const [program, ...files] = argv
  if (
    program === 'tee' &&
    place === host &&
    input !== undefined &&
    !files.some(file => file.startsWith('-'))
  ) {
    const text = `netlab_text=${shellWord(input)}`
    return [text, ...files.map(file => `printf %s "$netlab_text" > ${shellWord(file)}`)].join(' && ')
  }
  const line = shellLine(hostArgv(command))
  return input === undefined ? `${line} < /dev/null` : `printf %s ${shellWord(input)} | ${line}`
}

/** iproute2 takes a # for the start of a comment wherever it stands, and knows no quote within quotes. */
function isBatchable(argv: readonly string[]): boolean {
  return !argv.some(word => /[#"]/.test(word))
}

/** A word of an `ip -batch` line, which iproute2 splits at blanks but not within quotes. */
function batchWord(word: string): string {
  return /^[^\s'\\]+$/.test(word) ? word : `"${word}"`
}

/** A command as a line of iptables-restore; undefined where it has none (listing, zeroing). */
function restorable(argv: readonly string[]): { table: string; line: string } | undefined {
  const { table, line } = parseIptables(argv) ?? {}
  if (table === undefined || line === undefined || line.some(word => /["\\]/.test(word))) return undefined
  return { table, line: restoreLine(line) }
}

/** The text for iptables-restore: a block for each run of commands to the same table. */
function restoreInput(commands: readonly Command[]): string {
  return restoreLines(commands)
    .map(({ text }) => `${text}\n`)
    .join('')
}

/** For a line that iptables-restore complains of, the first command of its block: the block was taken back as a whole. */
export function blockOfRestoreLine(commands: readonly Command[], line: number): number {
  const lines = restoreLines(commands)
  const opening = lines.slice(0, line).findLastIndex(({ text }) => text.startsWith('*'))
  return lines[opening + 1]?.command ?? 0
}

function restoreLines(commands: readonly Command[]): { text: string; command?: number }[] {
  const lines: { table: string; text: string; command: number; bytes: number }[] = []
  for (const [command, { argv }] of commands.entries()) {
    const { table, line } = restorable(argv)!
    lines.push({ table, text: line, command, bytes: Math.max(chainBytes, messageBytes(argv)) })
  }
  return tableRuns(lines)
    .flatMap(run => inTransactions(run, ({ bytes }) => bytes))
    .flatMap(run => [{ text: `*${run[0]?.table}` }, ...run, { text: 'COMMIT' }])
}

/** Neighbours of one table. */
function tableRuns<T extends { table: string }>(lines: readonly T[]): T[][] {
  const runs: T[][] = []
  for (const line of lines) {
    const last = runs.at(-1)
    if (last?.[0]?.table === line.table) last.push(line)
    else runs.push([line])
  }
  return runs
}

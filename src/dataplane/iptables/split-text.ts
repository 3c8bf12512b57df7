import { chainBytes, inTransactions, messageBytes } from '../../command/transaction.ts'
import { chainLine, ruleLines } from './restore-text.ts'
import type { Chain, Rule, TableName } from './rules.ts'

/** What is written of one table. */
export interface TableChange {
  name: TableName
  /** They are written whole. */
  chains: readonly Chain[]
  /** Chains that go: nothing leads to them any more. */
  stale: readonly string[]
  /** The chains that the table has. */
  there: ReadonlySet<string>
}

/** How much of a message it takes to write it in one transaction. */
export function bytesOf({ chains, stale }: TableChange): number {
  return chains.reduce((sum, chain) => sum + bytesOfChain(chain), 0) + 2 * stale.length * chainBytes
}

/** Lines that belong into one transaction. */
interface Piece {
  lines: readonly string[]
  bytes: number
}

/**
 * The same in several transactions, after each of which every packet finds a way that is right before or after the change: a
 * chain is written in one go, after those that it jumps to, and chains that go are the last.
 */
export function splitTableText(table: TableChange, most: number, explain: boolean): string {
  const { name, stale, there } = table
  const pieces = [
    ...targetsFirst(table.chains).flatMap(chain => chainPieces(chain, there, most, explain)),
    // They may still lead to each other: all are emptied before the first is deleted.
    ...stale.map(chain => piece(chainLine(chain))),
    ...stale.map(chain => piece(`-X ${chain}`)),
  ]
  return inTransactions(pieces, ({ bytes }) => bytes, most)
    .map(run => [`*${name}`, ...run.flatMap(({ lines }) => lines), 'COMMIT\n'].join('\n'))
    .join('')
}

/** A chain that has a chain's rules while that is written anew. One that a broken-off sync left may be in use. */
function standIn(chain: string, there: ReadonlySet<string>): string {
  // A chain's name has up to 28 characters, the longest of kube-proxy's 25.
  return there.has(`${chain}-2`) ? `${chain}-3` : `${chain}-2`
}

/** Whether it is such a chain, which a sync that was broken off has left. */
export function isStandIn(name: string): boolean {
  return /^KUBE-[A-Z0-9-]+-[23]$/.test(name)
}

function chainPieces(chain: Chain, there: ReadonlySet<string>, most: number, explain: boolean): Piece[] {
  const { name, rules } = chain
  const declared = chainLine(name)
  const added = (to: string) => rules.map(rule => rulePiece(to, rule, explain))
  const bytes = bytesOfChain(chain)
  if (bytes <= most) return [{ lines: [declared, ...added(name).flatMap(({ lines }) => lines)], bytes }]
  // Nothing jumps to a chain that is not there.
  if (!there.has(name)) return [piece(declared), ...added(name)]
  const other = standIn(name, there)
  return [
    piece(chainLine(other)),
    ...added(other),
    piece(declared, `-A ${name} -j ${other}`),
    ...added(name),
    piece(`-D ${name} -j ${other}`, chainLine(other), `-X ${other}`),
  ]
}

/** A chain is larger than a transaction, so its rules are pieces of their own. */
function rulePiece(to: string, rule: Rule, explain: boolean): Piece {
  return { lines: [ruleLines(`-A ${to}`, rule, explain)], bytes: bytesOfRule(to, rule) }
}

function piece(...lines: string[]): Piece {
  return { lines, bytes: lines.length * chainBytes }
}

function bytesOfChain({ name, rules }: Chain): number {
  return chainBytes + rules.reduce((sum, rule) => sum + bytesOfRule(name, rule), 0)
}

function bytesOfRule(chain: string, { argv }: Rule): number {
  return chain.length + messageBytes(argv)
}

/** The chains in an order in which each comes after those that it jumps to. */
function targetsFirst(chains: readonly Chain[]): Chain[] {
  const waiting = new Map(chains.map(chain => [chain.name, chain]))
  const ordered: Chain[] = []
  const visit = (chain: Chain) => {
    waiting.delete(chain.name)
    for (const { argv } of chain.rules) {
      const target = waiting.get(argv[argv.lastIndexOf('-j') + 1] ?? '')
      if (target !== undefined) visit(target)
    }
    ordered.push(chain)
  }
  for (const chain of chains) if (waiting.has(chain.name)) visit(chain)
  return ordered
}

import type { RuleDifference, SavedComparison } from '../dataplane/dataplane.ts'
import { plural, thousands } from './format.ts'
import { block, hanging } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

/** A node's rules beside kube-proxy's: what differs, service by service, and why that matters. */
export function renderRuleDifferences(style: Style, compared: SavedComparison): string {
  const byService = new Map<string, RuleDifference[]>()
  for (const difference of compared.differences) {
    const { service = '' } = difference
    const own = byService.get(service)
    if (own === undefined) byService.set(service, [difference])
    else own.push(difference)
  }
  const sections = [...byService]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([service, differences]) => [
      style.color.bold(
        service === '' ? 'For all services, or nobody can tell for which' : printable(service),
      ),
      ...differences.flatMap(difference => differenceLines(style, difference)),
      '',
    ])
  return block([...sections.flat(), ...ending(style, compared)])
}

/** Columns of the longest kind, and two between. */
const margin = 9

function differenceLines({ color, width }: Style, difference: RuleDifference): string[] {
  const { kind, table, chain, wanted, has, means } = difference
  const paint = kind === 'stale' ? color.yellow : color.red
  const lead = `  ${paint(kind.padEnd(margin - 2))}  `
  const inside = ' '.repeat(margin + 2)
  // A rule stays on one line, whatever the width: it is there to be copied.
  const rule = (word: string, text: string) => `${inside}${color.dim(word)}${printable(text)}`
  const lines =
    wanted !== undefined && has !== undefined
      ? [rule('is      ', has), rule('should  ', wanted)]
      : [wanted ?? has].flatMap(text => (text === undefined ? [] : rule('', text)))
  return [`${lead}${printable(`${table} ${chain}`)}`, ...lines, ...hanging(inside, printable(means), width)]
}

function ending({ color, width }: Style, { differences, wanted, leftAside }: SavedComparison): string[] {
  const aside =
    leftAside === 0
      ? ''
      : ` ${plural(leftAside, 'rule')} of other programs ${leftAside === 1 ? 'was' : 'were'} left aside.`
  const rules = `${thousands(wanted)} rules that kube-proxy would write`
  if (differences.length === 0)
    return hanging(color.green('✔ '), `The node has the ${rules}.${aside}`, width, 2)
  const found = `${plural(differences.length, 'difference')} from the ${rules}.${aside}`
  const age = 'Where the two were taken minutes apart, endpoints may have changed in between.'
  return hanging(color.red('✘ '), `${found} ${age}`, width, 2)
}

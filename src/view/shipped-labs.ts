import type { LabSummary } from '../plan/lab-summary.ts'
import { kernelNeedWords, plural } from './format.ts'
import { block, flow, hanging, padEnd, widest } from './layout.ts'
import { printableJson } from './printable.ts'
import type { Style } from './terminal.ts'
import { tryLine } from './up-summary.ts'

/** A lab that ships. */
export interface ShippedLab extends Omit<LabSummary, 'programs'> {
  /** Debian packages that it needs beyond those of every lab. */
  packages: readonly string[]
}

/** Names are set in a column of their own where so many columns are left for the rest. */
const leastForText = 40

/** The labs that ship, two lines each: what it shows, what it takes. */
export function renderShippedLabs(style: Style, labs: readonly ShippedLab[]): string {
  const { color, width } = style
  const column = widest(labs.map(({ name }) => name)) + 2
  const indent = width - column < leastForText ? 2 : column
  const lines = labs.flatMap(({ name, title, steps, minutes, packages, kernel, article }) => {
    const facts = [
      plural(steps, 'step'),
      `${minutes} min`,
      ...(packages.length === 0 ? [] : [`needs ${packages.join(', ')}`]),
      ...kernelNeedWords(kernel),
      ...(article === undefined ? [] : [`after ${article}`]),
    ]
    const heading =
      indent === column
        ? hanging(color.bold(padEnd(name, column)), title, width, column)
        : [color.bold(name), ...hanging('  ', title, width)]
    const [first = '', ...more] = facts
    return [
      ...heading,
      ...flow([`${' '.repeat(indent)}${first}`, ...more], width, indent, ' · ').map(line => color.dim(line)),
    ]
  })
  return block([...lines, '', ...tryLine(style, ['walk clusterip', 'up clusterip', 'plan clusterip'])])
}

/** `labs --json`: keys that scripts rely on. */
export function renderShippedLabsJson(labs: readonly ShippedLab[]): string {
  return printableJson(labs)
}

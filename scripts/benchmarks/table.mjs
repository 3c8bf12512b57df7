/** The rows as a table that can be pasted into Markdown. */
export function table({ cores, node, quick }, rows) {
  const cells = rows.map(row => [row.case, row.what, figure(row), bound(row), seconds(row)])
  const head = ['case', 'what', 'measured', 'bound', 'median seconds']
  const widths = head.map((word, column) => Math.max(word.length, ...cells.map(row => row[column].length)))
  const line = row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  const note = quick ? '; --quick: not figures to quote' : ''
  return [
    `${cores} cores, Node ${node}${note}`,
    '',
    line(head),
    line(widths.map(width => '-'.repeat(width))),
    ...cells.map(line),
    '',
  ].join('\n')
}

function figure({ skipped, value, unit }) {
  return skipped === undefined ? `${Number(value.toPrecision(3))} ${unit}`.trim() : 'skipped'
}

function bound({ skipped, bound: most, unit, holds }) {
  if (skipped !== undefined) return skipped
  if (most === undefined) return ''
  const verdict = { true: ' ✔', false: ' ✘' }[holds] ?? ''
  return `≤ ${most} ${unit}${verdict}`
}

function seconds({ seconds: named = {} }) {
  return Object.entries(named)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(', ')
}

const cell = { width: 8.4, height: 19, font: 14 }
const margin = { side: 18, top: 44, bottom: 16 }

/** A dark window stands well on a light page and on a dark one; the colours are GitHub's own for dark code. */
const background = '#0d1117'
const foreground = '#e6edf3'
const frame = '#30363d'
const palette = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4']

/** Lines of a terminal as an SVG picture of a window; every run of text is pinned to its columns, whatever the font is. */
export function terminalSvg(title, lines, columns) {
  const width = Math.ceil(columns * cell.width + 2 * margin.side)
  const height = Math.ceil(lines.length * cell.height + margin.top + margin.bottom)
  const text = lines.flatMap(({ runs }, row) => runs.flatMap(run => runTexts(run, row)))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${background}" stroke="${frame}"/>
${['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${20 + index * 20}" cy="20" r="6" fill="${fill}"/>`).join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" font-size="${cell.font}" fill="${foreground}">
${text.join('\n')}
</g>
</svg>
`
}

/** Words that stand one blank apart are one text; wider gaps would be narrowed by some viewers. */
function runTexts({ column, text, look }, row) {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map(match =>
    wordsText(match[0], column + match.index, row, look),
  )
}

function wordsText(words, column, row, look) {
  const x = round(margin.side + column * cell.width)
  const y = margin.top + row * cell.height + cell.font
  const attributes = [
    `x="${x}" y="${y}" textLength="${round([...words].length * cell.width)}" lengthAdjust="spacingAndGlyphs"`,
    ...(look.color === undefined ? [] : [`fill="${palette[look.color % 8]}"`]),
    ...(look.bold ? ['font-weight="bold"'] : []),
    ...(look.dim ? ['fill-opacity="0.65"'] : []),
  ]
  return `<text ${attributes.join(' ')}>${escaped(words)}</text>`
}

function round(number) {
  return Math.round(number * 10) / 10
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** As `kubectl get -o json` indents it. */
export function asJson(list) {
  return `${JSON.stringify(list, null, 4)}\n`
}

/** As `kubectl get -o yaml` writes it: keys in order, lists no deeper than what they are in, long text on several lines. */
export function asYaml(list) {
  const lines = []
  writeMap(list, '', lines)
  return `${lines.join('\n')}\n`
}

function writeMap(map, indent, lines, first = indent) {
  let start = first
  for (const key of Object.keys(map).sort()) {
    writeValue(map[key], `${start}${scalar(key)}:`, indent, lines)
    start = indent
  }
}

function writeValue(value, line, indent, lines) {
  const isList = Array.isArray(value)
  if (typeof value !== 'object' || value === null) lines.push(...scalarLines(value, line, indent))
  else if (Object.keys(value).length === 0) lines.push(`${line} ${isList ? '[]' : '{}'}`)
  else {
    lines.push(line)
    if (!isList) writeMap(value, `${indent}  `, lines)
    else for (const item of value) writeItem(item, indent, lines)
  }
}

function writeItem(item, indent, lines) {
  if (typeof item === 'object') writeMap(item, `${indent}  `, lines, `${indent}- `)
  else lines.push(`${indent}- ${scalar(item)}`)
}

/** Columns after which Go's writer of YAML goes on in another line. */
const wide = 80

function scalarLines(value, line, indent) {
  if (typeof value === 'string' && value.endsWith('\n'))
    return [
      `${line} |`,
      ...value
        .split('\n')
        .slice(0, -1)
        .map(each => `${indent}  ${each}`),
    ]
  const written = []
  let current = line
  for (const word of scalar(value).split(' ')) {
    if (current.length > wide && current !== line) {
      written.push(current)
      current = `${indent}  ${word}`
    } else current += ` ${word}`
  }
  return [...written, current]
}

function scalar(value) {
  if (typeof value !== 'string') return JSON.stringify(value)
  const isPlain =
    /^[a-zA-Z0-9./][^\n]*$/.test(value) && !/: |:$| #|^(?:true|false|null|[yn]|yes|no|on|off)$/i.test(value)
  const looksLikeNumber =
    /^[0-9.]*(?:e[0-9]+)?$|^\d{4}-\d\d-/.test(value) && !/^\d+\.\d+\.\d+\.\d+$/.test(value)
  return isPlain && (!looksLikeNumber || value === '.') ? value : JSON.stringify(value)
}

/** Columns that a list or a map of JSON may take before it is broken into lines. */
const wide = 78

/** JSON as people write it: what fits stands on one line. */
export function jsonText(value: unknown, indent = ''): string {
  const short = onOneLine(value)
  if (typeof value !== 'object' || value === null || indent.length + short.length <= wide) return short
  const inner = `${indent}  `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const items = Array.isArray(value)
    ? value.map(item => jsonText(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, inner)}`)
  return `${open}\n${items.map(item => inner + item).join(',\n')}\n${indent}${close}`
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`)
  return `{${items.join(', ')}}`
}

// Writes what is made from the lab file's schema in code, schema/*.json and the field reference in docs/lab-format.md, and what is
// made from the command line's help: man/netlab.1. With --check writes nothing and fails where they are stale.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const isCheck = process.argv.includes('--check')
const start = '<!-- fields: written by npm run generate -->'
const end = '<!-- end of fields -->'
const typeNames = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  null: 'nothing',
}

const { outputFiles } = await build({
  entryPoints: ['src/read/schema/json-schema.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
  logLevel: 'warning',
})
const { labJsonSchema, textsJsonSchema } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
)
const schema = labJsonSchema()

publish('schema/lab.schema.json', `${JSON.stringify(schema, null, 2)}\n`)
publish('schema/lab-texts.schema.json', `${JSON.stringify(textsJsonSchema(), null, 2)}\n`)
const doc = readFileSync('docs/lab-format.md', 'utf8')
const before = doc.slice(0, doc.indexOf(start) + start.length)
const after = doc.slice(doc.indexOf(end))
publish('docs/lab-format.md', `${before}\n\n${sections(schema)}\n${after}`)
publish('man/netlab.1', await manualPage())

/** What it imports of packages is found from a folder of this one. */
async function manualPage() {
  const folder = mkdtempSync('node_modules/.manual-')
  try {
    const outfile = `${folder}/manual.mjs`
    const entryPoints = ['src/cli/manual.ts']
    await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile })
    const { manual } = await import(new URL(`../${outfile}`, import.meta.url).href)
    return await manual()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function publish(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  if (isCheck) {
    process.stderr.write(`${path} is stale: npm run generate\n`)
    process.exitCode = 1
  } else {
    writeFileSync(path, text)
    process.stdout.write(`${path} written\n`)
  }
}

/** A table for each map that has fields of its own, after the one that it stands in; alike ones once. */
function sections(root) {
  const told = new Set()
  const section = (node, where) => {
    const same = JSON.stringify(node)
    if (told.has(same)) return []
    told.add(same)
    const required = new Set(node.required ?? [])
    const rows = Object.entries(node.properties).map(([key, field]) => {
      const name = `\`${key}\`${required.has(key) ? ' \\*' : ''}`
      return `| ${name} | ${typeOf(field)} | ${cell(field.description ?? '')}${exampleOf(field)} |`
    })
    const heading = where === '' ? 'The lab' : `\`${where}\``
    const intro = where !== '' && node.description ? `${node.description}\n\n` : ''
    const text = `### ${heading}\n\n${intro}| field | type | what it says |\n|---|---|---|\n${rows.join('\n')}\n`
    const inner = Object.entries(node.properties).flatMap(([key, field]) =>
      inside(field, where === '' ? key : `${where}.${key}`),
    )
    return [text, ...inner.flatMap(each => section(each.node, each.where))]
  }
  return `\\* must be there.\n\n${section(root, '').join('\n')}`
}

/** The maps with fields of their own that a value may have in it. */
function inside(node, where) {
  if (isText(node)) return []
  if (node.properties) return [{ where, node }]
  if (node.items) return inside(node.items, `${where}[]`)
  if (node.anyOf) return node.anyOf.flatMap(option => inside(option, where))
  if (typeof node.additionalProperties === 'object') return inside(node.additionalProperties, `${where}.NAME`)
  return []
}

/** A text in several languages, which needs no table wherever one stands. */
function isText(node) {
  return node.properties?.en !== undefined
}

function typeOf(node) {
  if (isText(node))
    return Object.keys(node.properties)
      .map(language => `\`${language}: …\``)
      .join(', ')
  if (node.enum) return node.enum.map(value => `\`${value}\``).join(' \\| ')
  if (node.const !== undefined) return `\`${node.const}\``
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(' or ')
  if (node.type === 'array') return `list of ${typeOf(node.items)}`
  if (node.type === 'object') {
    const values = node.additionalProperties
    return typeof values === 'object' && !node.properties ? `map of ${typeOf(values)}` : 'map'
  }
  return [node.type]
    .flat()
    .map(type => typeNames[type])
    .join(' or ')
}

function exampleOf(node) {
  const [example] = node.examples ?? []
  if (example === undefined) return ''
  return ` For example \`${cell(inline(example))}\`.`
}

function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${inline(inner)}`)
      .join(', ')}}`
  }
  return String(value)
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

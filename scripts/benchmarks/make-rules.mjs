// A process of its own that makes the rules of many services: what it took is its memory as well. `node make-rules.mjs BUNDLE COUNT`.
import { pathToFileURL } from 'node:url'
import { compileInput } from './many-services.mjs'

const [bundle = '', count = ''] = process.argv.slice(2)
const modules = await import(pathToFileURL(bundle).href)
const input = compileInput(modules, Number(count))
const start = performance.now()
const { text } = modules.fullSync(modules.compileServices(input))
const seconds = (performance.now() - start) / 1000
// In kB (getrusage(2)).
const megabytes = process.resourceUsage().maxRSS / 1024
process.stdout.write(`${JSON.stringify({ seconds, megabytes, lines: text.split('\n').length })}\n`)

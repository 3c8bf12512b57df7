// A process of its own that makes the rules of many services: what it took is its memory as well. `node make-rules.mjs BUNDLE COUNT`.
import { pathToFileURL } from 'node:url'
import { compileInput } from './many-services.mjs'

const [bundle = '', count = ''] = process.argv.slice(2)
const modules = await import(pathToFileURL(bundle).href)
const input = compileInput(modules, Number(count))
const before = process.cpuUsage()
const start = performance.now()
const text = modules.restoreText(modules.compileServices(input))
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(before)
// In kB (getrusage(2)).
const megabytes = process.resourceUsage().maxRSS / 1024
process.stdout.write(
  `${JSON.stringify({ seconds, cpu: (user + system) / 1e6, megabytes, bytes: text.length })}\n`,
)

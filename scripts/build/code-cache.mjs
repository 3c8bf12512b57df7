// Writes what V8 has compiled of netlab's program once that has run a verb: `node code-cache.mjs PROGRAM FILE VERB…`.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

const [path, cache, ...argv] = process.argv.slice(2)
process.argv.splice(2, process.argv.length, ...argv)
const { href } = pathToFileURL(path)
// As src/bin.ts does it.
const script = new Script(readFileSync(path, 'latin1'), { filename: href })
process.on('exit', () => writeFileSync(cache, script.createCachedData()))
script.runInThisContext()(createRequire(path), path, href)

#!/usr/bin/env node
import { EarlyStart } from './cli/early-start.ts'

const earlyStart = new EarlyStart()
const [verb, lab] = process.argv.slice(2)
if ((verb === 'up' || verb === 'walk') && lab !== undefined) earlyStart.begin()
const { main } = await import('./cli/main.ts').catch((error: Error) => {
  // With very few file descriptors, say; nothing that could tell it better has been read.
  process.stderr.write(`error: netlab cannot read its own program\n\n  because: ${error.message}\n`)
  process.exit(3)
})
await main(earlyStart)

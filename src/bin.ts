#!/usr/bin/env node
import { Beginning } from './cli/beginning.ts'

const beginning = new Beginning()
const [verb, lab] = process.argv.slice(2)
if ((verb === 'up' || verb === 'walk') && lab !== undefined) beginning.begin()
const { main } = await import('./cli/main.ts')
await main(beginning)

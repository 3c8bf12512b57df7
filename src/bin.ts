#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Script, type ScriptOptions } from 'node:vm'

/** The file of netlab's program beside this one: src/netlab.ts with all that it imports. scripts/build.mjs puts its name here. */
declare const programFile: string

type Program = (require: NodeJS.Require, path: string, url: string) => void

/** Half of a start was compiling: V8 takes what it made of the text when that was built, unless it is another V8. */
function compiled(path: string, filename: string): Script {
  const options: ScriptOptions = { filename }
  try {
    options.cachedData = readFileSync(`${path}.cache`)
  } catch {
    // It goes without, and takes longer.
  }
  // It is ASCII, and so has one byte a character for V8 as well.
  return new Script(readFileSync(path, 'latin1'), options)
}

const { href } = new URL(programFile, import.meta.url)
const path = fileURLToPath(href)

function read(): Script {
  try {
    return compiled(path, href)
  } catch (error) {
    // With very few file descriptors, say; nothing that could tell it better has been read.
    const why = (error as Error).message
    process.stderr.write(`error: netlab cannot read its own program\n\n  because: ${why}\n`)
    process.exit(3)
  }
}

const program: Program = read().runInThisContext()
program(createRequire(path), path, href)

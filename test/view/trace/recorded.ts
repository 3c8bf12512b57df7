import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TraceReport } from '../../../src/trace/report.ts'

/** What `netlab trace --json` has printed of labs that ship, on a real kernel. */
export function recorded<Report = TraceReport>(name: string): Report {
  const path = fileURLToPath(new URL(`recorded/${name}.json`, import.meta.url))
  return JSON.parse(readFileSync(path, 'utf8')) as Report
}

/** Those of one request. */
export const names = ['masqueraded', 'no-neighbour', 'dropped', 'rejected', 'tunnel']

/** What netlab itself decides by, whoever told the rest. */
const own = new Set(['kind', 'direction', 'what', 'by', 'hook', 'family', 'verdict'])

/** The same with something behind every text that a lab may have written. */
export function hostile(name: string, text: string): unknown {
  return JSON.parse(JSON.stringify(recorded<unknown>(name)), (key, value) =>
    typeof value === 'string' && !own.has(key) ? `${value}${text}` : value,
  )
}

import type { Entry } from './entries.ts'

/** A line that was typed, as it is run again. */
export interface TypedAgain {
  line: string
  in: string
  folder: string
  shell: number
}

/** What a lesson did with its lab from the first step on: what went before a way back is forgotten, as the lab forgot it. */
export interface Deed {
  /** The step's index. */
  step: number
  /** Lines that were typed after it. */
  typed: readonly TypedAgain[]
  /** Of a task: its solution was run. */
  solution: boolean
  /** What its checks came to, or its goal, if it is a task; undefined: they were not tried. */
  held?: boolean
}

/** The deeds of a record, in order. */
export function deedsOf(entries: readonly Entry[]): Deed[] {
  const deeds: (Deed & { typed: TypedAgain[] })[] = []
  for (const entry of entries) {
    const last = deeds.at(-1)
    switch (entry.kind) {
      case 'step':
        if (entry.step === deeds.length) deeds.push({ step: entry.step, typed: [], solution: false })
        break
      case 'done':
        if (last?.step === entry.step) last.held = entry.ok
        break
      case 'goal':
        if (last?.step === entry.step) last.held = entry.reached
        break
      case 'solution':
        if (last?.step === entry.step) last.solution = true
        break
      case 'typed': {
        const { line, folder, shell } = entry
        last?.typed.push({ line, in: entry.in, folder, shell })
        break
      }
      case 'back':
        deeds.length = Math.min(deeds.length, entry.steps)
        // So a lesson builds its lab again: tasks that lie behind are done by their solutions.
        for (const deed of deeds) {
          deed.typed.length = 0
          deed.solution = true
        }
    }
  }
  return deeds
}

/** Lines that are run again for one step, at most. */
const mostLines = 300

/** Programs that look and change nothing, which are not worth running again. */
const looks =
  /^\s*(?:curl|ping6?|traceroute|tracepath|tcpdump|dig|nslookup|host|getent|ls|cat|less|more|man|head|tail|grep|watch|top|ps|ss|clear|history|exit|logout|pwd|echo|date|whoami|netlab)(?:\s[^;&|<>$`(]*)?$/

/** A shell script that runs lines once more as they were typed: each by itself, in its place and folder, for so many seconds at most. */
export function replayScript(typed: readonly TypedAgain[], seconds: number): string {
  const said = new Map<number, string[]>()
  const lines = typed.filter(({ line }) => line.trim() !== '' && !looks.test(line)).slice(-mostLines)
  const script = lines.flatMap(({ line, in: place, folder, shell }) => {
    // What a line says for those behind it: NAME=VALUE.
    const variables = said.get(shell) ?? []
    if (/^\s*(?:export\s+)?[A-Za-z_]\w*=(?:[^\s;&|<>$`(]*|'[^']*')\s*$/.test(line)) {
      said.set(shell, [...variables, line])
      return []
    }
    const enter = place === '' ? [] : ['ip', 'netns', 'exec', place]
    const argv = ['timeout', '-k', '1', `${seconds}`, ...enter, 'bash', '-c', [...variables, line].join('\n')]
    return [
      `cd ${quoted(folder)} 2>/dev/null || cd /`,
      `${argv.map(quoted).join(' ')} </dev/null >/dev/null 2>&1`,
    ]
  })
  return `${script.join('\n')}\ntrue\n`
}

/** A word as any shell reads it, whatever stands in it. */
function quoted(word: string): string {
  return `'${word.replaceAll('\0', '').replaceAll("'", `'\\''`)}'`
}

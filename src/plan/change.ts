import { shellLine } from '../command/command-line.ts'
import type { Container } from '../model/lab.ts'

/** One thing that is other than before, for people. */
export interface Change {
  kind: 'network' | 'node' | 'machine' | 'pod' | 'service' | 'file' | 'lab'
  name: string
  /** `replaced`: goes, and comes anew; `restarted`: its programs do. */
  change: 'added' | 'removed' | 'changed' | 'replaced' | 'restarted'
  /** What about it: `port 8080 → 9090`. */
  details: readonly string[]
}

/** One thing that is other than before. */
export function change(
  kind: Change['kind'],
  name: string,
  how: Change['change'],
  details: readonly string[],
): Change {
  return { kind, name, change: how, details }
}

/** What was, and what is; nothing where they are the same. */
export function arrow(what: string, was: string, now: string): string[] {
  return was === now ? [] : [`${what} ${was || 'none'} → ${now || 'none'}`]
}

/** What a container runs, in words. */
export function programWords({ serve, command }: Container): string {
  if (command.length > 0) return `runs ${shellLine(command)}`
  return serve.length > 0 ? `serves ${serve.join(', ')}` : ''
}

/** What all containers of a pod or a machine run, in words. */
export function programsOf({ containers }: { containers: readonly Container[] }): string {
  return containers.map(programWords).join(', ')
}

/** Whether two things of a lab are alike in all that they say. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

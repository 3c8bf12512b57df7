/** What a check has seen, as data; a view may say it in another language. */
export type Observation =
  /** `seconds`: how long was waited. */
  | { kind: 'timeout'; seconds: number }
  | { kind: 'refused' | 'unreachable' }
  /** In a program's own words. */
  | { kind: 'failed'; message: string }
  /** What came before the connection broke off. */
  | { kind: 'unfinished'; message: string; body: string }
  /** `client`: as whom the server saw it, where somebody looked; netlab's own servers say that, others are known by their body alone. */
  | { kind: 'answered'; status: number; backend: string; client?: string }
  | { kind: 'answered'; status: number; body: string }
  | { kind: 'exited'; code: number; printed: string }
  /** A command that would not end. */
  | { kind: 'ended'; did: string }
  /** Several requests; `counts`: how many each pod answered; `p` with its sign: `= 0.57`, `< 0.000001`. */
  | {
      kind: 'shares'
      requests: number
      counts: readonly { name: string; count: number }[]
      failed: number
      p: string
    }
  /** Several requests of one client; `counts`: how many each pod answered, the most first. */
  | { kind: 'staying'; requests: number; counts: readonly { name: string; count: number }[]; failed: number }
  /** A pattern that takes too long. */
  | { kind: 'unmatched'; message: string }

/** What was observed: `netns_021 answered`, `timed out after 0.5 s`. */
export function observationWords(seen: Observation): string {
  switch (seen.kind) {
    case 'timeout':
      return `timed out after ${roundSeconds(seen.seconds)} s`
    case 'refused':
      return 'was refused'
    case 'unreachable':
      return 'was unreachable'
    case 'failed':
      return `failed: ${seen.message}`
    case 'unfinished':
      return `${seen.message}: ${seen.body}`
    case 'answered': {
      const status = seen.status === 200 ? '' : ` with status ${seen.status}`
      return 'backend' in seen
        ? `${seen.backend} answered${status}${seen.client === undefined ? '' : ` and saw the client as ${seen.client}`}`
        : `got an answer${status}: ${seen.body}`
    }
    case 'exited':
      return `exits with ${seen.code}${seen.printed === '' ? ', prints nothing' : ` and prints: ${seen.printed}`}`
    case 'ended':
      return `${seen.did}, and was ended`
    case 'shares': {
      const counts = seen.counts.map(({ name, count }) => `${name} ${count}`)
      return `${seen.requests} requests: ${[...counts, `${seen.failed} failed`].join(', ')} (p ${seen.p})`
    }
    case 'staying': {
      const [one, ...others] = seen.counts
      const all = one !== undefined && others.length === 0 ? [`all by ${one.name}`] : undefined
      const who = all ?? seen.counts.map(({ name, count }) => `${name} ${count}`)
      return `${seen.requests} requests: ${[...who, ...(seen.failed > 0 ? [`${seen.failed} failed`] : [])].join(', ')}`
    }
    case 'unmatched':
      return seen.message
  }
}

/** Seconds as they are told: `0.5`. */
export function roundSeconds(seconds: number): number {
  return Number(seconds.toFixed(1))
}

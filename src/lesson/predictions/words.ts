import type { FailureKind } from '../../model/lab.ts'
import type { Outcome } from './outcome.ts'

const failureWords: Readonly<Record<FailureKind, string>> = {
  refused: 'it is refused at once',
  timeout: 'it times out: no answer comes',
  unreachable: 'it fails at once: no way leads there',
}

/** An answer to the question of what will come of a request: `netns_011 answers`. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'fails':
      if (outcome.how.length === 0 || outcome.how.length === Object.keys(failureWords).length)
        return 'it fails: nobody answers'
      return outcome.how.map(how => failureWords[how]).join(', or ')
    case 'shares':
      return shareWords(outcome)
    case 'answers': {
      const { backends, status, client } = outcome
      const who = backends.length === 0 ? 'an answer comes' : `${either(backends)} answers`
      return [
        who,
        ...(status === undefined || status === 200 ? [] : [`with status ${status}`]),
        ...(client === undefined ? [] : [`and sees the client as ${client}`]),
      ].join(' ')
    }
  }
}

/** Pods that are named one by one; of more it is told how many. */
const mostNamed = 4

function shareWords({ shares, failed }: Extract<Outcome, { kind: 'shares' }>): string {
  const taken = Object.entries(shares).filter(([, share]) => share > 0)
  const lost = failed > 0 ? [`${percent(failed)} get no answer`] : []
  const [first] = taken
  if (first === undefined) return 'none is answered'
  if (taken.length === 1 && failed === 0) return `${first[0]} answers all of them`
  if (taken.length <= mostNamed)
    return [...taken.map(([pod, share]) => `${pod} ${percent(share)}`), ...lost].join(', ')
  const isEven = taken.every(([, share]) => Math.abs(share - first[1]) < 0.005)
  const all = isEven
    ? `each of the ${taken.length} pods ${percent(first[1])}`
    : `the first pod ${percent(first[1])}, each next one less, the last one ${percent(taken.at(-1)![1])}`
  return [all, ...lost].join(', ')
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))} %`
}

function either(names: readonly string[]): string {
  if (names.length > mostNamed) return `one of ${names.length} pods`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

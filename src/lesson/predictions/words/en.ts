import type { FailureKind } from '../../../model/lab.ts'
import type { Outcome, SharesOutcome } from '../outcome.ts'
import type { SenderReason } from '../sender.ts'

/** What questions of a lesson and their answers say, in English; other languages have the same. */
export const en = {
  /** An answer to the question of what will come of a request: `netns_011 answers`. */
  outcome,
  /** `requests` undefined: as many as it takes. */
  askShares: (url: string, from: string, requests: number | undefined) =>
    `curl ${url} from ${from}${requests === undefined ? ', many times' : `, ${requests} times`}: who answers how many of them?`,
  ask: (url: string, from: string) => `curl ${url} from ${from}: what will come of it?`,

  countsNeitherWay: 'The step did not do what it should, so this counts neither way.',
  /** `headline` is the diagnosis'. */
  here: (headline: string, fact: string) => `Here, ${headline}. ${fact}`,
  failures: {
    refused:
      'A refusal is an answer too, and comes at once: nobody listens on that port there, or a rule with REJECT says no.',
    timeout:
      'Silence: a packet was thrown away, or its answer found no way back. Whoever asked is told nothing, and waits until its patience is over.',
    unreachable:
      'A machine that knows no way to an address says so at once (or a rule with REJECT says it in its place), so nobody waits.',
    any: 'In whichever way it fails, no answer came.',
  } satisfies Record<FailureKind | 'any', string> as Record<FailureKind | 'any', string>,
  wayIsOpen: 'The way there is open, and the way back as well.',
  /** `owner` undefined: no machine has the address. */
  translated: (address: string, owner: string | undefined) =>
    `${owner === undefined ? `No machine has ${address} for itself` : `${address} is ${owner}'s`}: on the way another destination was put in its place (DNAT), and that machine answers.`,
  clientOfHost: (client: string) =>
    `The host has several addresses; ${client} is the one that was the sender of these packets.`,
  /** `route`: as `ip route get` prints it. */
  clientByRoute: (client: string, from: string, route: string) =>
    `Of the addresses of ${from} the route decides: "${route}" says src ${client}, and no rule on the way wrote another sender over it.`,
  clientByRule: (client: string, { place, table, chain, rule }: Extract<SenderReason, { kind: 'rule' }>) =>
    `A rule of ${table} ${chain} in ${place} wrote ${client} over the sender: "${rule}". So the answer comes back by there.`,
  clientKept: (client: string, from: string) =>
    `${client} is an address of ${from}, and nobody on the way wrote another sender over it.`,
  clientWritten: (client: string, from: string) =>
    `${client} is not ${from}: on the way it was written over the sender (MASQUERADE or SNAT), so that the answer comes back by there.`,
  lost: (percent: number) =>
    `${percent} % of the connections met no rule that takes them, and nobody was told.`,
  allToOne: 'Every connection was led to the same one.',
  even: 'An endpoint is chosen anew for each connection, and none is preferred; many of them show it.',
  uneven:
    'An endpoint is chosen anew for each connection, and rules are asked in order: one that comes later only gets what is left.',
  /** Two facts, one after the other. */
  together: (facts: readonly string[]) => facts.filter(fact => fact !== '').join(' '),
}

/** What questions of a lesson and their answers say, in a language. */
export type PredictionWords = typeof en

const failureWords: Readonly<Record<FailureKind, string>> = {
  refused: 'it is refused at once',
  timeout: 'it times out: no answer comes',
  unreachable: 'it fails at once: no way leads there',
}

function outcome(outcome: Outcome): string {
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
export const mostNamed = 4

function shareWords({ shares, failed }: SharesOutcome): string {
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

/** A share of 1 as few digits tell it: `33 %`, `2.5 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))} %`
}

function either(names: readonly string[]): string {
  if (names.length > mostNamed) return `one of ${names.length} pods`
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

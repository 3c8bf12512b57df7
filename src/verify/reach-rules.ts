import type { Place } from '../command/command.ts'
import type { Lab, ReachRule } from '../model/lab.ts'
import type { MatrixPair } from './report.ts'

/** What a lab says of a pair of places; a part is left out where it says nothing of that. */
export interface Wanted {
  tcp?: Pick<ReachRule, 'client'> & { expect: 'ok' | 'fails' }
  ping?: 'ok' | 'fails'
}

/** What a pair's rules say: the last one of TCP, the last one of ping. A lab that says anything means that all others reach each other over TCP. */
export function wantedOf({ reach }: Pick<Lab, 'reach'>, from: Place, to: Place): Wanted {
  if (reach.length === 0) return {}
  const speaks = (places: readonly Place[], place: Place) => places.length === 0 || places.includes(place)
  const rules = reach.filter(rule => speaks(rule.from, from) && speaks(rule.to, to))
  const { expect = 'ok', client } = rules.findLast(rule => rule.expect !== undefined) ?? {}
  const ping = rules.findLast(rule => rule.ping !== undefined)?.ping
  return {
    tcp: { expect, ...(client === undefined ? {} : { client }) },
    ...(ping === undefined ? {} : { ping }),
  }
}

type Seen = Pick<MatrixPair, 'client' | 'failure' | 'ping'>

/** Whether TCP did what the lab says; `own`: the client's own address, where the other one was reached. */
export function holdsOverTcp({ tcp }: Wanted, { client, failure }: Seen, own: string | undefined): boolean {
  if (tcp === undefined) return true
  if (tcp.expect === 'fails') return failure !== undefined
  if (failure !== undefined) return false
  return tcp.client === undefined || client === (tcp.client === 'own' ? own : tcp.client)
}

/** Whether the ping did. */
export function holdsOfPing({ ping: wanted }: Wanted, { ping }: Seen): boolean {
  return wanted === undefined || (wanted === 'ok') === (ping === 'ok')
}

/** What the lab says, in words; undefined where that is nothing. */
export function wantedWords({ tcp, ping }: Wanted, own: string | undefined): string | undefined {
  const answers = ping && `a ping is ${ping === 'ok' ? 'answered' : 'not answered'}`
  if (tcp === undefined) return answers
  return [tcpWords(tcp, own), ...(answers === undefined ? [] : [answers])].join('; ')
}

function tcpWords({ expect, client }: NonNullable<Wanted['tcp']>, own: string | undefined): string {
  if (expect === 'fails') return 'it is not reached'
  if (client === undefined) return 'it is reached'
  return `it is reached, and sees ${client === 'own' ? `the client's own address${own === undefined ? '' : `, ${own}`}` : client}`
}

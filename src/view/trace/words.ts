import { endsText } from '../../trace/ends.ts'
import type { ChainMet, ConnectionNoted, Passage, RouteTaken, Translation, Way } from '../../trace/report.ts'
import { routeText } from '../../trace/texts.ts'

/** What is said of a trace's parts, in whatever it is shown. What a lab wrote is in it as it was told: to be made printable. */

/** What each way is. */
export const wayTitles: Record<Way['direction'], string> = {
  out: 'The request',
  back: 'The answer',
  error: 'The error that is sent back',
}

/** `veth_011, a port of br1` */
export function passageWords({ link, portOf, wrapped }: Passage): string {
  const port = portOf === undefined ? '' : `, a port of ${portOf}`
  const inside = wrapped === undefined ? '' : `, inside ${endsText(wrapped)}`
  return `${link}${port}${inside}`
}

/** The route, or the bridge that needs none. */
export function routeWords(route: RouteTaken): string {
  if (route.kind === 'bridged') return `${route.bridge} passes it on from port to port, without a route`
  const text = routeText(route.text)
  return /^local /.test(text) ? `its own address (${text})` : text
}

/** Why an address is changed where no rule decides it. */
export const byConnection = 'as the entry of the connection says'

/** `destination 10.100.100.100:8080 → 10.0.0.11:8080` */
export function translationWords({ what, before, after }: Translation): string {
  return `${what} ${before} → ${after}`
}

/** Of a connection's entry. */
export function connectionWords({ what, original, reply, state }: ConnectionNoted): string {
  const words =
    what === 'made'
      ? `made for ${endsText(original)}; an answer is expected as ${endsText(reply)}`
      : `of ${endsText(original)} is used: the answer has come`
  return state === undefined ? words : `${words} (${state})`
}

/** `nat PREROUTING`, with the family where nft has made it. */
export function chainName({ family, table }: Pick<ChainMet, 'family' | 'table'>, chain: string): string {
  return /^ip6?$/.test(family) ? `${table} ${chain}` : `${family} ${table} ${chain}`
}

const verdictWords: Partial<Record<ChainMet['verdict'], string>> = {
  drop: 'dropped',
  accept: 'passed',
  queue: 'given to a program',
  stolen: 'taken away',
}

/** What a chain has made of a packet: `passed`, `dropped by the policy`. */
export function verdictText({ verdict, byPolicy }: Pick<ChainMet, 'verdict' | 'byPolicy'>): string {
  return `${verdictWords[verdict] ?? verdict}${byPolicy ? ' by the policy' : ''}`
}

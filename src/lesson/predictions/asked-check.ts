import type { Check, CurlCheck } from '../../model/lab.ts'
import type { Outcome } from './outcome.ts'

/** A check of which one may ask what will come of it: a request of which the lab foretells one thing. */
export interface AskedCheck {
  check: CurlCheck
  right: Outcome
}

/** Steps as questions see them. */
interface Checked {
  checks: readonly Check[]
}

/**
 * The check of a step that is most worth asking about. Something else than came of the same request before says most, then a failure, shares, a
 * client's address; that a server answers by its own address is nothing to think about. Undefined: none is worth it.
 */
export function checkToAsk(steps: readonly Checked[], index: number): AskedCheck | undefined {
  const before = new Map(steps.slice(0, index).flatMap(({ checks }) => checks.map(cameOf)))
  let best: (AskedCheck & { worth: number }) | undefined
  for (const check of steps[index]?.checks ?? []) {
    const right = foretold(check)
    if (right === undefined || check.kind !== 'curl') continue
    const [request, came] = cameOf(check)
    const earlier = before.get(request)
    const worth = ownWorth(check, right) + (earlier === undefined || earlier === came ? 0 : 4)
    if (worth > (best?.worth ?? 0)) best = { check, right, worth }
  }
  return best
}

/** The one thing that is to come of a request; undefined where it depends on the kernel, or what it is cannot be told in an answer. */
function foretold(check: Check): Outcome | undefined {
  if (check.kind !== 'curl' || check.expect.length !== 1) return undefined
  const [only] = check.expect
  // Whether a client stays is no answer, but a run of them.
  if (only === undefined || only.kind === 'stays') return undefined
  const { means: _, ...outcome } = only
  return outcome
}

function ownWorth(check: CurlCheck, right: Outcome): number {
  switch (right.kind) {
    case 'shares':
    case 'fails':
      return 3
    case 'answers':
      return (
        (right.client === undefined ? 0 : 2) + (check.once ? 1 : 0) + (right.status === undefined ? 0 : 1)
      )
  }
}

/** A request, and in what it is to end. */
function cameOf(check: Check): readonly [string, string] {
  if (check.kind === 'command') return ['', '']
  return [`${check.from} ${check.url}`, JSON.stringify(check.expect.map(({ means: _, ...rest }) => rest))]
}

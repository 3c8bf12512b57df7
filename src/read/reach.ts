import type { Place } from '../command/command.ts'
import { readAddress } from '../model/address.ts'
import type { ReachRule } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import { checkPlace, type LabContext } from './lab-context.ts'
import { asList } from './schema/fields.ts'
import type { ReachInput } from './schema/reach.ts'

/** Reads what a lab says of who reaches whom. */
export function readReach(rules: readonly ReachInput[], context: LabContext): ReachRule[] {
  return rules.map((rule, index) => {
    const path: Path = ['reach', index]
    const { expect, ping } = rule
    if (expect === undefined && ping === undefined)
      context.findings.report(
        path,
        'it says nothing of who reaches whom',
        'add "expect: fails", of TCP, or "ping: fails"',
      )
    const said = typeof expect === 'object' ? expect.client : undefined
    const client =
      said === undefined || said === 'own'
        ? said
        : context.findings.accept([...path, 'expect', 'client'], readAddress(said))?.address
    return {
      from: readPlaces(rule.from, [...path, 'from'], context),
      to: readPlaces(rule.to, [...path, 'to'], context),
      ...(expect === undefined ? {} : { expect: expect === 'fails' ? 'fails' : 'ok' }),
      ...(ping === undefined ? {} : { ping }),
      ...(client === undefined ? {} : { client }),
    }
  })
}

function readPlaces(
  places: string | readonly string[] | undefined,
  path: Path,
  context: LabContext,
): readonly Place[] {
  for (const [index, place] of asList(places).entries())
    checkPlace(place, Array.isArray(places) ? [...path, index] : path, context)
  return asList(places)
}

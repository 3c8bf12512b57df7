import { exitCode, NetlabError } from '../errors.ts'
import type { Language } from '../model/language.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab, shippedLabs } from '../read/load-shipped.ts'

/** What whoever types `netlab up` alone wants to know: the labs that ship, with what each shows. */
export function noLabNamed(verb: 'up' | 'walk', language: Language): NetlabError {
  const names = shippedLabs()
  const column = Math.max(...names.map(name => name.length)) + 2
  return new NetlabError({
    what: 'no lab is named',
    why: 'These ship with netlab:',
    details: names.map(name => `${name.padEnd(column)}${loadLab(findLab(name), language).title}`).join('\n'),
    fix: `netlab ${verb} clusterip, or the path of a lab file: netlab ${verb} ./my-lab.yaml; netlab labs says more of each`,
    exitCode: exitCode.wrongInput,
  })
}

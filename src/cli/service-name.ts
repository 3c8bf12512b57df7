import { exitCode, NetlabError } from '../errors.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab } from '../model/lab.ts'

/** `name` or `namespace/name` of a lab's service, in full. Throws NetlabError where there is none, or several. */
export function serviceOf({ name: lab, services }: Lab, asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined
  const names = services.map(namespacedName)
  const found = names.filter(each => each === asked || each.endsWith(`/${asked}`))
  if (found.length === 1) return found[0]
  throw new NetlabError({
    what: found.length === 0 ? `${lab} has no service ${asked}` : `${lab} has several services ${asked}`,
    fix:
      names.length === 0
        ? 'it has none'
        : `there are: ${(found.length === 0 ? names : found).slice(0, 12).join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

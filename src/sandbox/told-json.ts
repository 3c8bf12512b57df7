import { NetlabError } from '../errors.ts'

/** Characters of a wrong answer that are shown. */
const excerpt = 200

/**
 * Reads JSON that a program inside a lab has printed: anybody there can have printed anything. Throws NetlabError where it is
 * not what it must be.
 */
export function toldJson<T>(
  told: { stdout: string; stderr: string; exitCode: number },
  isRight: (value: unknown) => value is T,
  why: string,
): T {
  let value: unknown
  try {
    value = JSON.parse(told.stdout)
  } catch {
    value = undefined
  }
  if (isRight(value)) return value
  const came =
    told.stdout === '' ? 'nothing' : JSON.stringify(told.stdout.slice(0, excerpt)).replaceAll('\\"', '"')
  throw new NetlabError({
    what: `a program of netlab's in the lab did not say what it was asked for; it ended with exit code ${told.exitCode}`,
    why,
    details: `it said ${came}${told.stderr === '' ? '' : `\n${told.stderr.trim()}`}`,
  })
}

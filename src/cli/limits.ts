import { InvalidArgumentError, Option } from 'commander'
import { shellLine } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab, Limits } from '../model/lab.ts'
import { beyondDefault, defaultLimits, type LimitName, limitText, readLimit } from '../model/limits.ts'

/** What the person who runs a lab says about its limits. */
export type SaidLimits = Partial<Limits>

/** `--limit WHAT=VALUE`, as often as there are limits to say something about. */
export function limitOption(): Option {
  return new Option(
    '--limit <what=value>',
    'let it use so much, whatever its file says: memory=8G, processes=20000, files=1G, logs=1G; may be repeated',
  ).argParser((text: string, said: SaidLimits = {}): SaidLimits => {
    const limit = readLimit(text)
    if (!('refusal' in limit)) return { ...said, ...limit }
    throw new InvalidArgumentError(`${limit.refusal}: ${limit.fix}.`)
  })
}

/** The same as it is typed. */
export function limitWords(said: SaidLimits = {}): string[] {
  return Object.entries(said).flatMap(([name, value]) => [
    '--limit',
    `${name}=${limitText(name as LimitName, value)}`,
  ])
}

/**
 * The lab with its limits as they hold. A lab file is somebody else's, so it may ask for less than the defaults, never for more:
 * throws NetlabError with the command line, made from `typed`, which allows that.
 */
export function withLimits(
  lab: Lab,
  said: SaidLimits = {},
  typed: readonly string[] = process.argv.slice(2),
): Lab {
  const unsaid = beyondDefault(lab.limits).filter(name => said[name] === undefined)
  if (unsaid.length === 0) return { ...lab, limits: { ...lab.limits, ...said } }
  const asked = unsaid.map(
    name =>
      `${name} ${limitText(name, lab.limits[name])} (${limitText(name, defaultLimits[name])} by default)`,
  )
  const flags = unsaid.flatMap(name => ['--limit', `${name}=${limitText(name, lab.limits[name])}`])
  throw new NetlabError({
    what: `${lab.name} asks for more of this machine than a lab gets by default: ${asked.join(', ')}`,
    why: 'a lab file may come from anybody, so what it may use beyond the defaults is for you to say',
    fix: shellLine(['netlab', ...typed, ...flags]),
    exitCode: exitCode.wrongInput,
  })
}

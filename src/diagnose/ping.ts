import type { Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { ignoresPings } from '../observe/facts.ts'
import type { Evidence } from './evidence.ts'
import { finding } from './evidence.ts'

/** A place whose kernel has been told to answer no pings. */
export function pingsIgnored(place: Place): Evidence {
  return finding(
    `${place} answers no ping: ${ignoresPings} is 1 there`,
    commandLine({ argv: ['sysctl', '-w', `${ignoresPings}=0`], in: place }),
    [`$ ${commandLine({ argv: ['sysctl', ignoresPings], in: place })}`, `${ignoresPings} = 1`],
  )
}

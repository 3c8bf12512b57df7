import type { Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import type { Family } from '../model/address.ts'
import { ignoresPings } from '../observe/facts.ts'
import type { Evidence } from './evidence.ts'
import { finding } from './evidence.ts'

/** A place whose kernel has been told to answer no pings. */
export function pingsIgnored(place: Place, family: Family): Evidence {
  const key = ignoresPings[family]
  return finding(
    `${place} answers no ping: ${key} is 1 there`,
    commandLine({ argv: ['sysctl', '-w', `${key}=0`], in: place }),
    [`$ ${commandLine({ argv: ['sysctl', key], in: place })}`, `${key} = 1`],
  )
}

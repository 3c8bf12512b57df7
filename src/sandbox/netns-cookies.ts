/**
 * Tells by which numbers the kernel knows places' network namespaces (SO_NETNS_COOKIE, socket(7)). Reads a list of places on stdin, writes
 * the numbers in the same order, null for one that is not there.
 */

import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { host, namespacesFolder, type Place } from '../command/command.ts'
import { netnsCookie, withinNetwork } from './native-network.ts'

function cookieOf(place: Place): string | null {
  if (place !== host && !existsSync(`${namespacesFolder}/${place}`)) return null
  return withinNetwork(place, () => String(netnsCookie()))
}

const places = JSON.parse(await text(process.stdin)) as Place[]
process.stdout.write(JSON.stringify(places.map(cookieOf)))

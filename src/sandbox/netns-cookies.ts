/**
 * Tells by which numbers the kernel knows places' network namespaces (SO_NETNS_COOKIE, socket(7)). Reads a list of places on stdin, writes
 * the numbers in the same order, null for one that is not there.
 */

import { closeSync, existsSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { host, namespacesFolder, type Place } from '../command/command.ts'
import { netnsCookie, setns } from './native-network.ts'

const home = openSync('/proc/self/ns/net', 'r')

function cookieOf(place: Place): string | null {
  if (place !== host && !existsSync(`${namespacesFolder}/${place}`)) return null
  const namespace = place === host ? home : openSync(`${namespacesFolder}/${place}`, 'r')
  setns(namespace)
  try {
    return String(netnsCookie())
  } finally {
    setns(home)
    if (namespace !== home) closeSync(namespace)
  }
}

const places = JSON.parse(await text(process.stdin)) as Place[]
process.stdout.write(JSON.stringify(places.map(cookieOf)))

import type { Refusal } from '../text/problem.ts'
import { fnv1a } from './fnv.ts'

/** The kernel's limit (IFNAMSIZ less the closing zero). */
const longestInterface = 15

/** What a pod, an outside machine or a container may be called. */
export const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,62}$/

/** Refuses what cannot safely be a name of a pod, an outside machine or a container. */
export function refuseName(name: string): Refusal | undefined {
  if (name === 'host' || name === 'localhost') {
    return { refusal: `"${name}" stands for the host itself`, fix: 'choose another name' }
  }
  if (namePattern.test(name)) return undefined
  if (name === '') return { refusal: 'a name is missing', fix: 'write a name before the colon' }
  const fix = 'use letters, digits, "-", "_" and single dots; start with a letter or a digit'
  if ([...name].length > 63) return { refusal: 'a name of more than 63 characters', fix: 'shorten it' }
  return { refusal: `"${name}" cannot be a name`, fix }
}

/** Refuses what cannot be the name of a network interface. */
export function refuseInterface(name: string): Refusal | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(name)) {
    if (['lo', 'all', 'default'].includes(name)) {
      return { refusal: `"${name}" has a meaning of its own for the kernel`, fix: 'choose another name' }
    }
    return undefined
  }
  if (name.length > longestInterface) {
    const fix = `shorten it: ${name.replace(/[^A-Za-z0-9_.-]/g, '').slice(0, longestInterface)}, say`
    return {
      refusal: `an interface name has at most ${longestInterface} characters, this one ${name.length}`,
      fix,
    }
  }
  return {
    refusal: `"${name}" cannot be the name of an interface`,
    fix: 'use letters, digits, "-", "_" and "."; start with a letter or a digit',
  }
}

/**
 * Names for interfaces that the lab does not name: `veth_` and the pod's name where that fits, else shortened with a
 * hash, and never one of `taken`. The same names give the same result.
 */
export function deriveInterfaces(
  prefix: string,
  names: readonly string[],
  taken: ReadonlySet<string>,
): Map<string, string> {
  const derived = new Map<string, string>()
  const used = new Set(taken)
  for (const name of names.filter(each => (prefix + each).length <= longestInterface)) {
    derived.set(name, prefix + name)
    used.add(prefix + name)
  }
  for (const name of names.filter(each => !derived.has(each))) {
    for (let salt = 0; !derived.has(name); salt++) {
      const short = shortened(prefix, name, salt)
      if (used.has(short)) continue
      derived.set(name, short)
      used.add(short)
    }
  }
  return derived
}

function shortened(prefix: string, name: string, salt: number): string {
  const hash = fingerprint(`${name}\0${salt}`)
  const room = longestInterface - prefix.length - hash.length
  return prefix + name.slice(0, room) + hash
}

/** 30 bits of it as six letters and digits: a clash costs one more try, so nothing stronger is needed. */
function fingerprint(text: string): string {
  return (fnv1a(text) >>> 2).toString(32).padStart(6, '0')
}

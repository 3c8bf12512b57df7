import { hash as digestOf } from 'node:crypto'

const base32 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567']

/** Both characters for each ten bits: there are two hashes and more for each service port. */
const base32Pairs = base32.flatMap(first => base32.map(second => first + second))

/** The first 16 base32 characters (80 bits) of a SHA-256, of which kube-proxy makes chains' names in all modes. */
export function nameHash(text: string): string {
  const digest = digestOf('sha256', text, 'buffer')
  let hash = ''
  for (let offset = 0; offset < 10; offset += 5) {
    const high = digest.readUIntBE(offset, 3) >> 4
    const low = digest.readUIntBE(offset + 2, 3) & 0xfffff
    hash += base32Pairs[high >> 10]! + base32Pairs[high & 1023]!
    hash += base32Pairs[low >> 10]! + base32Pairs[low & 1023]!
  }
  return hash
}

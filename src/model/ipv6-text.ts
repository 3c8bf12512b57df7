import { Address6 } from 'ip-address'
import type { Refusal } from '../text/problem.ts'

/** Characters of the longest address, `0000:0000:0000:0000:0000:ffff:255.255.255.255`. */
const longest = 45

/** Whether a text is meant to be an IPv6 address, however wrong. */
export function writtenAsIPv6(text: string): boolean {
  return text.includes(':')
}

/** Ranges whose addresses no machine of a lab can have, or be asked by (RFC 4291; IANA's special-purpose registry). */
const special: readonly { range: string; kind: string; fix?: string }[] = [
  { range: '::/128', kind: 'the unspecified address' },
  { range: '::1/128', kind: 'the loopback address' },
  { range: 'ff00::/8', kind: 'a multicast address' },
  {
    range: 'fe80::/10',
    kind: 'a link-local address, which means something else on each link',
    fix: 'each interface gets one by itself; take one of fd00::/8, say',
  },
  { range: '::/96', kind: 'a reserved address' },
]

/** Says why a text is no IPv6 address that a machine can have; undefined: it is one. */
export function refuseIPv6(text: string): Refusal | undefined {
  const refused = refuseForm(text)
  if (refused !== undefined) return refused
  const address = new Address6(text)
  const mapped = new Address6('::ffff:0:0/96')
  if (address.isInSubnet(mapped)) {
    const inside = address.to4().correctForm()
    return { refusal: `${text} is an IPv4 address within an IPv6 one`, fix: `write ${inside}` }
  }
  const found = special.find(({ range }) => address.isInSubnet(new Address6(range)))
  return found && { refusal: `${text} is ${found.kind}`, fix: found.fix ?? 'take one of fd00::/8, say' }
}

function refuseForm(text: string): Refusal | undefined {
  const bracketed = /^\[([^\]]*)\]$/.exec(text)?.[1]
  if (bracketed !== undefined)
    return { refusal: 'brackets are for addresses in URLs, before a port', fix: `write ${bracketed}` }
  const zone = text.indexOf('%')
  if (zone !== -1)
    return {
      refusal: `${shorten(text)} has a zone, which is for link-local addresses`,
      fix: `write ${text.slice(0, zone)}`,
    }
  const example = 'eight groups of up to four hexadecimal digits, or fewer and "::": fd00::b, say'
  const strange = /[^0-9A-Fa-f:.]/u.exec(text)?.[0]
  if (strange !== undefined || text.length > longest)
    return { refusal: `"${shorten(text)}" is not an address`, fix: `an IPv6 address has ${example}` }
  if (text.split('::').length > 2 || text.includes(':::'))
    return { refusal: `${text} leaves out groups in two places`, fix: 'write "::" once: fd00::b, say' }
  const long = text.split(':').find(group => group.length > 4 && !group.includes('.'))
  if (long !== undefined)
    return { refusal: `${long} in ${text} has ${long.length} digits`, fix: 'a group has up to four' }
  if (!Address6.isValid(text)) return { refusal: `${text} is not an IPv6 address`, fix: `it has ${example}` }
  return undefined
}

function shorten(text: string): string {
  return text.length > 50 ? `${text.slice(0, 50)}…` : text
}

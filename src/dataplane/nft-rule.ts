import { mergedRanges } from '../model/ranges.ts'

/** A rule of nftables in the words that `nft list` prints, whatever was typed, or in the same words where nft has two for one thing. */
export function asListed(text: string): string {
  return (
    text
      .replace(
        /\bmark set mark (or|xor) (0x[0-9a-f]+)/,
        (_, how, mark) => `meta mark set meta mark ${how === 'or' ? '|' : '^'} ${hex(mark)}`,
      )
      .replace(/^mark and (0x[0-9a-f]+) == 0\b/, (_, mark) => `meta mark & ${hex(mark)} == 0x00000000`)
      // A mask of the highest bit alone nft takes for the length of a prefix.
      .replace(/^meta mark 0x00000000\/1\b/, 'meta mark & 0x80000000 == 0x00000000')
      .replace(/\b(iifname (?:!= )?)([^"!\s]\S*)/, '$1"$2"')
      .replaceAll(
        /\b(ip6? [sd]addr (?:!= )?)(\{[^}]*\}|[\da-f:][\d.a-f:]*\/\d+)(?= |$)/g,
        (_, what, ranges) => what + rangesListed(ranges),
      )
      .replaceAll(/\{[^}]*\}/g, list => list.replaceAll(/ ?, ?/g, ', '))
  )
}

/** The same text for two rules that do the same to packets: comments aside, and what another version of nft may write otherwise. */
export function nftEffect(text: string): string {
  return asListed(text)
    .replace(/ comment "[^"]*"$/, '')
    .replaceAll(/ (and|or|xor) (?=0x)/g, (_, word: string) => ` ${bitwise[word]} `)
    .replaceAll(/\b0x0+(?=[\da-f])/g, '0x')
    .replace(/^(.*\breject) with icmp(?:v6|x)? (?:type )?port-unreachable$/, '$1')
}

const bitwise: Readonly<Record<string, string>> = { and: '&', or: '|', xor: '^' }

/** nft puts ranges that overlap or touch together, and has no braces around one alone. */
function rangesListed(said: string): string {
  const ranges = mergedRanges(said.replaceAll(/[{}\s]/g, '').split(','))
  return ranges.length === 1 ? `${ranges[0]}` : `{ ${ranges.join(', ')} }`
}

function hex(text: string): string {
  return `0x${Number(text).toString(16).padStart(8, '0')}`
}

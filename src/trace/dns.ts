/** A question for the IPv4 addresses of a name (RFC 1035, section 4); `id` has two bytes. */
export function dnsQuestion(id: Buffer, name: string): Buffer {
  // One question, and a server that is no authority may ask others.
  const header = Buffer.from([0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name
    .replace(/\.$/, '')
    .split('.')
    .map(label => Buffer.from(label).subarray(0, 63))
    .flatMap(label => [Buffer.from([label.length]), label])
  return Buffer.concat([id, header, ...labels, Buffer.from([0, 0, 1, 0, 1])])
}

/** RFC 1035, section 4.1.1. */
const codes = ['no error', 'format error', 'server failure', 'no such name', 'not implemented', 'refused']

/** What a DNS server has answered: its code, and the first IPv4 address; undefined where it is no answer. */
export function readDnsAnswer(bytes: Buffer): { code: string; address?: string } | undefined {
  if (bytes.length < 12 || (bytes[2]! & 0x80) === 0) return undefined
  const number = bytes[3]! & 0xf
  const code = codes[number] ?? `code ${number}`
  let at = 12
  for (let question = 0; question < bytes.readUInt16BE(4); question += 1) at = nameEnd(bytes, at) + 4
  for (let answer = 0; answer < bytes.readUInt16BE(6); answer += 1) {
    at = nameEnd(bytes, at)
    if (at + 10 > bytes.length) break
    const [type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 8)]
    at += 10
    if (type === 1 && length === 4 && at + 4 <= bytes.length)
      return { code, address: [...bytes.subarray(at, at + 4)].join('.') }
    at += length
  }
  return { code }
}

/** Where a name ends: with an empty label, or with a pointer to another name. */
function nameEnd(bytes: Buffer, start: number): number {
  let at = start
  while (at < bytes.length) {
    const length = bytes[at]!
    if (length === 0) return at + 1
    if (length >= 0xc0) return at + 2
    at += length + 1
  }
  return bytes.length
}

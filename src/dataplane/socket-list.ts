import { Address6 } from 'ip-address'
import { joinHostPort } from '../model/address.ts'
import { type MapContents, numberOf } from './socket-maps.ts'

/** The maps in words, a line for each address of a service on a node: what `netlab socket-lb list` prints. */
export function listText({ services, endpoints }: MapContents, nodes: readonly string[]): string {
  const names = new Map(nodes.map(node => [numberOf(node), node]))
  const lines = [...services].map(([key, value]) => {
    const bytes = Buffer.from(key, 'hex')
    const of = Buffer.from(value, 'hex')
    const node = names.get(bytes.readBigUInt64LE().toString(16).padStart(16, '0')) ?? '?'
    const protocol = bytes[26] === 17 ? 'UDP' : 'TCP'
    const count = of.readUInt32LE(8)
    const affinity = of.readUInt32LE(12)
    const to = Array.from({ length: count }, (_, number) => {
      const slot = Buffer.alloc(8)
      slot.writeUInt32LE(number)
      const found = endpoints.get(value.slice(0, 16) + slot.toString('hex'))
      return found === undefined ? '?' : endpointText(Buffer.from(found, 'hex'))
    })
    const where = `${nodes.length > 1 ? `${node}: ` : ''}${endpointText(bytes.subarray(8))} ${protocol}`
    const only = (of.readUInt32LE(16) & 1) === 1 ? ' (from the node itself)' : ''
    const stays = affinity === 0 ? '' : `; stays for ${affinity} s`
    return `${where}${only} → ${to.length === 0 ? 'refused' : to.join(', ')}${stays}`
  })
  return lines
    .sort()
    .map(line => `${line}\n`)
    .join('')
}

/** An address of 16 bytes, and a port. */
function endpointText(bytes: Buffer): string {
  return joinHostPort(addressText(bytes.subarray(0, 16)), bytes.readUInt16BE(16))
}

function addressText(bytes: Buffer): string {
  const isIpv4 = bytes.toString('hex', 0, 12) === '00000000000000000000ffff'
  return isIpv4 ? bytes.subarray(12).join('.') : Address6.fromUnsignedByteArray([...bytes]).correctForm()
}

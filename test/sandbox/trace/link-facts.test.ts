import { expect, test } from 'vitest'
import { readLinks } from '../../../src/sandbox/trace/link-facts.ts'
import { headSize, readMessages } from '../../../src/sandbox/trace/netlink.ts'

/** A link as rtnetlink(7) tells of it: `struct nlmsghdr`, `struct ifinfomsg`, attributes. */
function link(index: number, attributes: readonly [number: number, value: Buffer][]): Buffer {
  const parts = attributes.map(([number, value]) => {
    const part = Buffer.alloc((4 + value.length + 3) & ~3)
    part.writeUInt16LE(4 + value.length, 0)
    part.writeUInt16LE(number, 2)
    value.copy(part, 4)
    return part
  })
  const head = Buffer.alloc(32)
  head.writeUInt32LE(32 + parts.reduce((sum, part) => sum + part.length, 0), 0)
  head.writeUInt16LE(16, 4)
  head.writeInt32LE(index, 20)
  return Buffer.concat([head, ...parts])
}
const name = (text: string): [number, Buffer] => [3, Buffer.from(`${text}\0`)]
const number = (attribute: number, value: number): [number, Buffer] => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return [attribute, bytes]
}

test('of a link its number, its name, its cable’s other end and its bridge are read', () => {
  const datagram = Buffer.concat([
    link(1, [name('lo')]),
    link(7, [name('veth_011'), number(5, 2), number(10, 9)]),
    link(9, [name('br1')]),
  ])
  expect(readLinks(readMessages(datagram, headSize.links).messages)).toEqual([
    { index: 1, name: 'lo' },
    { index: 7, name: 'veth_011', peer: 2, master: 'br1' },
    { index: 9, name: 'br1' },
  ])
})

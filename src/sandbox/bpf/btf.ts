import { textAt } from './elf.ts'

/**
 * Reads which maps a program declares: as libbpf has it they stand in BTF, the kernel's format for types (btf.rst), each a struct of
 * the section .maps whose members' types are its numbers.
 */

/** A map as the program declares it. */
export interface MapDefinition {
  name: string
  /** BPF_MAP_TYPE_… */
  type: number
  /** Bytes. */
  keySize: number
  valueSize: number
  maxEntries: number
  /** BPF_F_… */
  flags: number
}

const kinds = {
  ...{
    integer: 1,
    pointer: 2,
    array: 3,
    struct: 4,
    union: 5,
    enum: 6,
    typedef: 8,
    volatile: 9,
    constant: 10,
  },
  ...{ restrict: 11, prototype: 13, variable: 14, section: 15, tag: 17, enum64: 19 },
} as const

/** Bytes that follow a type of a kind, for itself and for each of its parts; others have none. */
const following: Readonly<Record<number, { own?: number; each?: number }>> = {
  [kinds.integer]: { own: 4 },
  [kinds.array]: { own: 12 },
  [kinds.struct]: { each: 12 },
  [kinds.union]: { each: 12 },
  [kinds.enum]: { each: 8 },
  [kinds.prototype]: { each: 8 },
  [kinds.variable]: { own: 4 },
  [kinds.section]: { each: 12 },
  [kinds.tag]: { own: 4 },
  [kinds.enum64]: { each: 12 },
}

interface BtfType {
  name: string
  kind: number
  /** How many parts it has. */
  parts: number
  /** Its size in bytes, or the type that it refers to. */
  sizeOrType: number
  rest: Buffer
}

/** Types by their number, and the text that their names stand in. */
interface Btf {
  types: readonly BtfType[]
  names: Buffer
}

/** The maps of an object file's section .BTF. Throws where it cannot be read. */
export function mapDefinitions(bytes: Buffer): MapDefinition[] {
  const btf = readBtf(bytes)
  const maps = btf.types.find(({ kind, name }) => kind === kinds.section && name === '.maps')
  if (maps === undefined) throw new Error('the object file declares no maps')
  return Array.from({ length: maps.parts }, (_, index) => {
    const variable = typeAt(btf, maps.rest.readUInt32LE(index * 12))
    return definition(btf, variable.name, typeAt(btf, variable.sizeOrType))
  })
}

function definition(btf: Btf, name: string, { parts, rest }: BtfType): MapDefinition {
  const members = new Map(
    Array.from({ length: parts }, (_, index): [string, BtfType] => {
      const member = rest.subarray(index * 12)
      // Each is a pointer: to an array, whose length is the number, or to the type of keys or values.
      const pointer = typeAt(btf, member.readUInt32LE(4))
      return [textAt(btf.names, member.readUInt32LE(0)), typeAt(btf, pointer.sizeOrType)]
    }),
  )
  const number = (member: string) => members.get(member)?.rest.readUInt32LE(8) ?? 0
  const size = (member: string) => {
    const type = members.get(member)
    return type === undefined ? 0 : sizeOf(btf, type)
  }
  return {
    name,
    type: number('type'),
    keySize: size('key'),
    valueSize: size('value'),
    maxEntries: number('max_entries'),
    flags: number('map_flags'),
  }
}

/** Bytes of a value; typedefs and qualifiers have the size of what they stand for. */
function sizeOf(btf: Btf, { kind, sizeOrType, rest }: BtfType): number {
  switch (kind) {
    case kinds.integer:
    case kinds.struct:
    case kinds.union:
    case kinds.enum:
    case kinds.enum64:
      return sizeOrType
    case kinds.pointer:
      return 8
    case kinds.array:
      return sizeOf(btf, typeAt(btf, rest.readUInt32LE(0))) * rest.readUInt32LE(8)
    case kinds.typedef:
    case kinds.volatile:
    case kinds.constant:
    case kinds.restrict:
      return sizeOf(btf, typeAt(btf, sizeOrType))
    default:
      throw new Error(`a type of kind ${kind} has no size`)
  }
}

function typeAt({ types }: Btf, number: number): BtfType {
  const type = types[number]
  if (type === undefined) throw new Error(`type ${number} is not there`)
  return type
}

function readBtf(bytes: Buffer): Btf {
  if (bytes.readUInt16LE(0) !== 0xeb9f) throw new Error('the types cannot be read')
  const start = bytes.readUInt32LE(4)
  const part = (at: number) => {
    const from = start + bytes.readUInt32LE(at)
    return bytes.subarray(from, from + bytes.readUInt32LE(at + 4))
  }
  const names = part(16)
  // Number 0 is void.
  const types: BtfType[] = [{ name: 'void', kind: 0, parts: 0, sizeOrType: 0, rest: Buffer.alloc(0) }]
  for (let left = part(8); left.length > 0; ) {
    const info = left.readUInt32LE(4)
    const kind = (info >>> 24) & 0x1f
    const parts = info & 0xffff
    const { own = 0, each = 0 } = following[kind] ?? {}
    const end = 12 + own + each * parts
    types.push({
      name: textAt(names, left.readUInt32LE(0)),
      kind,
      parts,
      sizeOrType: left.readUInt32LE(8),
      rest: left.subarray(12, end),
    })
    left = left.subarray(end)
  }
  return { types, names }
}

/**
 * Reads what clang writes for eBPF: a relocatable ELF file of 64 bits, little-endian (elf(5)). Packages that read ELF for Node know no
 * relocations, which is the half of it.
 */

/** A place in a section where the value of a symbol is to be put in. */
export interface Relocation {
  /** Bytes from the section's start. */
  offset: number
  symbol: ElfSymbol
}

export interface ElfSymbol {
  name: string
  /** The section that it is in. */
  section: string
  /** Bytes from the section's start. */
  value: number
}

export interface ElfSection {
  name: string
  bytes: Buffer
  relocations: readonly Relocation[]
}

const machineBpf = 247
const types = { symbols: 2, nothing: 8, relocations: 9 } as const
const sizes = { header: 64, section: 64, symbol: 24, relocation: 16 } as const

interface Header {
  name: string
  type: number
  bytes: Buffer
  /** Of relocations: the section that they are for. */
  info: number
}

/** The sections of an object file by their names. Throws where it is not such a file, or broken off. */
export function readElf(file: Buffer): ReadonlyMap<string, ElfSection> {
  const isElf =
    file.length >= sizes.header && file.subarray(0, 6).equals(Buffer.from('\x7fELF\x02\x01', 'latin1'))
  if (!isElf || file.readUInt16LE(18) !== machineBpf) throw new Error('this is no object file of eBPF')
  const headers = sectionHeaders(file)
  const symbols = symbolsOf(headers)
  return new Map(
    headers.map(({ name, bytes }, index) => {
      const relocations = headers
        .filter(({ type, info }) => type === types.relocations && info === index)
        .flatMap(header => relocationsOf(header, symbols))
      return [name, { name, bytes, relocations }]
    }),
  )
}

function sectionHeaders(file: Buffer): Header[] {
  const start = Number(file.readBigUInt64LE(40))
  const count = file.readUInt16LE(60)
  const raw = Array.from({ length: count }, (_, index) => {
    const at = start + index * sizes.section
    const type = file.readUInt32LE(at + 4)
    const from = Number(file.readBigUInt64LE(at + 24))
    const size = Number(file.readBigUInt64LE(at + 32))
    if (type !== types.nothing && from + size > file.length) throw new Error('the object file is broken off')
    const bytes = type === types.nothing ? Buffer.alloc(0) : file.subarray(from, from + size)
    return { nameAt: file.readUInt32LE(at), type, bytes, info: file.readUInt32LE(at + 44) }
  })
  const names = raw[file.readUInt16LE(62)]?.bytes ?? Buffer.alloc(0)
  return raw.map(({ nameAt, ...header }) => ({ ...header, name: textAt(names, nameAt) }))
}

/** All symbols, by their number. */
function symbolsOf(headers: readonly Header[]): ElfSymbol[] {
  const names = headers.find(({ name }) => name === '.strtab')?.bytes ?? Buffer.alloc(0)
  const table = headers.find(({ type }) => type === types.symbols)?.bytes ?? Buffer.alloc(0)
  return Array.from({ length: Math.floor(table.length / sizes.symbol) }, (_, index) => {
    const symbol = table.subarray(index * sizes.symbol)
    return {
      name: textAt(names, symbol.readUInt32LE(0)),
      section: headers[symbol.readUInt16LE(6)]?.name ?? '',
      value: Number(symbol.readBigUInt64LE(8)),
    }
  })
}

function relocationsOf({ bytes }: Header, symbols: readonly ElfSymbol[]): Relocation[] {
  return Array.from({ length: Math.floor(bytes.length / sizes.relocation) }, (_, index) => {
    const at = index * sizes.relocation
    const symbol = symbols[bytes.readUInt32LE(at + 12)]
    if (symbol === undefined) throw new Error('a relocation names a symbol that is not there')
    return { offset: Number(bytes.readBigUInt64LE(at)), symbol }
  })
}

/** A text that ends with a zero byte. */
export function textAt(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset)
  return bytes.toString('latin1', offset, end === -1 ? bytes.length : end)
}

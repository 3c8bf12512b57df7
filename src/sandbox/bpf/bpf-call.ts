import { closeSync } from 'node:fs'
import { exitCode, NetlabError } from '../../errors.ts'
import { errorName, libc } from '../libc.ts'
import type { MapDefinition } from './btf.ts'
import { type BpfProgram, hooks } from './program-object.ts'

/** bpf(2), as far as a load balancer for sockets needs it. Descriptors that it gives are closed with the process. */

const numbers: Partial<Record<string, number>> = {
  ...{ x64: 321, arm64: 280, riscv64: 280, loong64: 280, arm: 386, ia32: 357, ppc64: 361 },
}

const commands = {
  ...{ createMap: 0, deleteElement: 3, loadProgram: 5, openProgram: 13, openMap: 14, tellInfo: 15 },
  ...{ lookUpBatch: 24, updateBatch: 26, createLink: 28 },
} as const

/** Of programs that are given an address, or a socket (`enum bpf_prog_type` in linux/bpf.h). */
const programTypes = { address: 18, socket: 9 }

/** `struct`s of the kernel: values with their place, by the number of their bytes. */
interface Attributes {
  u32?: Readonly<Record<number, number>>
  /** Numbers of descriptors, pointers to bytes. */
  pointers?: Readonly<Record<number, Uint8Array>>
  text?: Readonly<Record<number, string>>
  size: number
}

function call(command: number, { u32 = {}, pointers = {}, text = {}, size }: Attributes) {
  const number = numbers[process.arch]
  if (number === undefined) throw unknownProcessor()
  const attributes = Buffer.alloc(size)
  for (const [at, value] of Object.entries(u32)) attributes.writeUInt32LE(value, Number(at))
  for (const [at, bytes] of Object.entries(pointers))
    attributes.writeBigUInt64LE(libc().address(bytes), Number(at))
  for (const [at, words] of Object.entries(text)) attributes.write(words, Number(at), 'latin1')
  const result = libc().bpf(number, command, attributes, size)
  return { result, error: result < 0 ? errorName() : undefined, attributes }
}

/** Whether this process may make a map, and so load programs. */
export function mayLoad(): boolean {
  const { result, error } = call(commands.createMap, { u32: { 0: 1, 4: 4, 8: 4, 12: 1 }, size: 72 })
  if (error === undefined) closeSync(result)
  return error === undefined
}

/** Makes a map and returns its descriptor. Throws NetlabError. */
export function createMap({ name, type, keySize, valueSize, maxEntries, flags }: MapDefinition): number {
  const { result, error } = call(commands.createMap, {
    u32: { 0: type, 4: keySize, 8: valueSize, 12: maxEntries, 16: flags },
    text: { 28: name.slice(0, longestName) },
    size: 72,
  })
  if (error !== undefined) throw refused(`making the map ${name}`, error)
  return result
}

/** Bytes of a name, less the one that ends it. */
const longestName = 15
/** Bytes of the verifier's words: enough for the programs of netlab. */
const logSize = 1 << 20

/** Loads a program, in which `maps` stand for their names, and returns its descriptor. Throws NetlabError with what the verifier says. */
export function loadProgram(
  { name, hook, instructions, maps: places }: BpfProgram,
  maps: ReadonlyMap<string, number>,
  license: string,
): number {
  const linked = Buffer.from(instructions)
  for (const { offset, map } of places) {
    const descriptor = maps.get(map)
    if (descriptor === undefined) throw new Error(`the program ${name} wants the map ${map}`)
    // The upper half of the second byte says what the number is: BPF_PSEUDO_MAP_FD.
    linked[offset + 1] = (linked[offset + 1]! & 0x0f) | 0x10
    linked.writeInt32LE(descriptor, offset + 4)
  }
  const type = hook === 'sock_release' ? programTypes.socket : programTypes.address
  const log = Buffer.alloc(logSize)
  const attempt = (level: number) =>
    call(commands.loadProgram, {
      u32: { 0: type, 4: linked.length / 8, 24: level, 28: level && logSize, 68: hooks[hook] },
      pointers: { 8: linked, 16: Buffer.from(`${license}\0`), ...(level === 0 ? {} : { 32: log }) },
      text: { 48: name.slice(0, longestName) },
      size: 72,
    })
  const { result, error } = attempt(0)
  if (error === undefined) return result
  attempt(1)
  throw refused(`loading the program ${name}`, error, log.toString('latin1').replace(/\0.*$/s, '').trim())
}

/** Attaches a program to a cgroup, for as long as the descriptor that is returned is open. Throws NetlabError. */
export function attach({ name, hook }: BpfProgram, program: number, cgroup: number): number {
  const { result, error } = call(commands.createLink, {
    u32: { 0: program, 4: cgroup, 8: hooks[hook] },
    size: 16,
  })
  if (error !== undefined) throw refused(`attaching the program ${name} to the lab's cgroup`, error)
  return result
}

/** A program or a map, by the number that bpftool tells. */
export interface BpfObject {
  kind: 'program' | 'map'
  id: number
}

/** Of which kind and number a descriptor is. Throws NetlabError. */
export function objectOf(kind: BpfObject['kind'], descriptor: number): BpfObject {
  const info = Buffer.alloc(8)
  const { error } = call(commands.tellInfo, {
    u32: { 0: descriptor, 4: info.length },
    pointers: { 8: info },
    size: 16,
  })
  if (error !== undefined) throw refused(`asking for the number of a ${kind}`, error)
  return { kind, id: info.readUInt32LE(4) }
}

/** Whether the kernel has such an object. Throws NetlabError for whoever may not ask. */
export function isLoaded({ kind, id }: BpfObject): boolean {
  const command = kind === 'program' ? commands.openProgram : commands.openMap
  const { result, error } = call(command, { u32: { 0: id }, size: 12 })
  if (error === undefined) closeSync(result)
  else if (error !== 'ENOENT') throw refused(`looking for ${kind} ${id}`, error)
  return error === undefined
}

/** Entries that go in one call. */
const batch = 4096

/** Writes entries, key and value as hexadecimal digits, in their order. Throws NetlabError where the map is full. */
export function writeEntries(
  map: number,
  { name, keySize, valueSize }: MapDefinition,
  all: readonly (readonly [key: string, value: string])[],
): void {
  for (let from = 0; from < all.length; from += batch) {
    const part = all.slice(from, from + batch)
    const { error } = call(commands.updateBatch, {
      u32: { 32: part.length, 36: map },
      pointers: {
        16: joined(
          part.map(([key]) => key),
          keySize,
        ),
        24: joined(
          part.map(([, value]) => value),
          valueSize,
        ),
      },
      size: 56,
    })
    if (error !== undefined) throw refused(`writing into the map ${name}`, error)
  }
}

/** Deletes keys; those that are not there are left out. Throws NetlabError. */
export function deleteKeys(map: number, { name, keySize }: MapDefinition, keys: readonly string[]): void {
  for (const key of keys) {
    const attributes = { u32: { 0: map }, pointers: { 8: joined([key], keySize) }, size: 32 }
    const { error } = call(commands.deleteElement, attributes)
    if (error !== undefined && error !== 'ENOENT') throw refused(`deleting from the map ${name}`, error)
  }
}

/** Reads a hash map; what the programs write meanwhile may be in it or not. Throws NetlabError. */
export function readEntries(
  map: number,
  { name, keySize, valueSize, maxEntries }: MapDefinition,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  // A bucket goes whole or not at all.
  const size = Math.min(maxEntries, batch)
  const [keys, values] = [Buffer.alloc(size * keySize), Buffer.alloc(size * valueSize)]
  // Where the kernel goes on, which it writes itself.
  const place = Buffer.alloc(Math.max(keySize, 4))
  for (let isFirst = true; ; isFirst = false) {
    const { error, attributes } = call(commands.lookUpBatch, {
      u32: { 32: size, 36: map },
      pointers: { ...(isFirst ? {} : { 0: place }), 8: place, 16: keys, 24: values },
      size: 56,
    })
    if (error !== undefined && error !== 'ENOENT') throw refused(`reading the map ${name}`, error)
    for (let at = 0; at < attributes.readUInt32LE(32); at += 1) {
      const slice = (bytes: Buffer, each: number) => bytes.toString('hex', at * each, (at + 1) * each)
      found.set(slice(keys, keySize), slice(values, valueSize))
    }
    if (error === 'ENOENT') return found
  }
}

/** The kernel reads as many bytes as the map's entries have, whatever it is given. */
function joined(hex: readonly string[], each: number): Buffer {
  const bytes = Buffer.from(hex.join(''), 'hex')
  if (bytes.length !== hex.length * each) throw new Error('a key or a value of a map has the wrong size')
  return bytes
}

function refused(deed: string, error: string, details?: string): NetlabError {
  return new NetlabError({
    what: `${deed} failed: ${error}`,
    why: 'a socket load balancer is a program in the kernel, with maps of services and endpoints',
    ...(details === undefined || details === '' ? {} : { details }),
    fix:
      error === 'EPERM'
        ? 'only root of this machine may load programs into the kernel, and containers mostly may not'
        : 'it needs Linux 5.18 or newer with CONFIG_BPF_SYSCALL and CONFIG_CGROUP_BPF',
    exitCode: exitCode.machineLacks,
  })
}

function unknownProcessor(): NetlabError {
  return new NetlabError({
    what: `netlab does not know the number of bpf(2) on a processor of the kind ${process.arch}`,
    fix: 'choose another mode for kube-proxy: "proxy: {mode: iptables}"',
    exitCode: exitCode.machineLacks,
  })
}

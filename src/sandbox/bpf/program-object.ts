import { type MapDefinition, mapDefinitions } from './btf.ts'
import { type ElfSection, readElf } from './elf.ts'

/** What a hook in the way of a socket's system call runs. */
export interface BpfProgram {
  name: string
  hook: Hook
  /** Eight bytes each; where a map stands in them, nothing does yet. */
  instructions: Buffer
  /** Which map belongs where, in bytes from the start. */
  maps: readonly { offset: number; map: string }[]
}

/** An object file of programs for sockets. */
export interface ProgramObject {
  programs: readonly BpfProgram[]
  maps: readonly MapDefinition[]
  license: string
}

/** The hooks of cgroups that a program can be for, and their number (`enum bpf_attach_type` in linux/bpf.h). */
export const hooks = {
  ...{ connect4: 10, connect6: 11, sendmsg4: 14, sendmsg6: 15 },
  ...{ recvmsg4: 19, recvmsg6: 20, getpeername4: 29, getpeername6: 30, sock_release: 34 },
} as const

export type Hook = keyof typeof hooks

const sectionPrefix = 'cgroup/'

/** Reads an object file: a section for each program, `cgroup/HOOK`. Throws where it is something else. */
export function readObject(file: Buffer): ProgramObject {
  const sections = readElf(file)
  const bytesOf = (name: string) => {
    const section = sections.get(name)
    if (section === undefined) throw new Error(`the object file has no section ${name}`)
    return section.bytes
  }
  return {
    programs: [...sections.values()].filter(isProgram).map(programOf),
    maps: mapDefinitions(bytesOf('.BTF')),
    license: bytesOf('license').toString('latin1').replace(/\0.*$/s, ''),
  }
}

function isProgram({ name }: ElfSection): boolean {
  return name.startsWith(sectionPrefix)
}

function programOf({ name: section, bytes, relocations }: ElfSection): BpfProgram {
  const name = section.slice(sectionPrefix.length)
  if (!Object.hasOwn(hooks, name)) throw new Error(`a program is for ${section}, which sockets do not have`)
  const maps = relocations.map(({ offset, symbol }) => {
    if (symbol.section !== '.maps') throw new Error(`${section} refers to ${symbol.name}, which is no map`)
    return { offset, map: symbol.name }
  })
  return { name, hook: name as Hook, instructions: bytes, maps }
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  endpointEntry,
  memberEntry,
  networkEntry,
  serviceEntry,
  socketMaps,
} from '../../src/dataplane/socket-maps.ts'
import { readElf } from '../../src/sandbox/bpf/elf.ts'
import { hooks, readObject } from '../../src/sandbox/bpf/program-object.ts'

const file = readFileSync('bpf/socket-lb.o')

describe('the programs that ship', () => {
  it('were made of the source that ships beside them: after a change of it, run scripts/build-bpf', () => {
    const line = (path: string) =>
      `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${path}\n`
    expect(readFileSync('bpf/socket-lb.sha256', 'utf8')).toBe(
      line('bpf/socket-lb.c') + line('bpf/socket-lb.o'),
    )
  })

  it('are one for each way in which a socket names its peer', () => {
    const { programs, license } = readObject(file)
    expect(programs.map(({ hook }) => hook).sort()).toEqual(Object.keys(hooks).sort())
    for (const { instructions, maps } of programs) {
      expect(instructions.length % 8).toBe(0)
      // Each place is an instruction that loads 64 bits.
      for (const { offset } of maps) expect(instructions[offset]).toBe(0x18)
    }
    expect(license).toBe('Dual MIT/GPL')
  })

  it('have maps of the sizes that are written', () => {
    const at = { node: 'n', address: '10.96.0.1', port: 80, protocol: 'TCP' } as const
    const written = [
      networkEntry({ cookie: '1', node: 'n', own: true }),
      serviceEntry(at, { id: '0'.repeat(16), count: 1, affinity: 0, nodeOnly: false }),
      endpointEntry('0'.repeat(16), 0, 'fd00::b', 80),
      memberEntry('0'.repeat(16), '10.0.0.1', 80),
    ]
    expect(written.map(({ map }) => map)).toEqual(socketMaps)
    const { maps } = readObject(file)
    for (const { map, key, value } of written) {
      const definition = maps.find(({ name }) => name === map)
      expect([map, definition?.keySize, definition?.valueSize]).toEqual([
        map,
        key.length / 2,
        value.length / 2,
      ])
    }
    expect(maps.map(({ name }) => name)).toEqual([...socketMaps, 'affinities', 'peers'])
    expect(maps.every(({ maxEntries, type }) => maxEntries > 0 && [1, 9].includes(type))).toBe(true)
  })
})

describe('an object file that is none', () => {
  it('is refused', () => {
    expect(() => readObject(Buffer.from('#!/bin/sh\n'.repeat(20)))).toThrow('this is no object file of eBPF')
    expect(() => readObject(readFileSync(process.execPath).subarray(0, 4096))).toThrow(
      'no object file of eBPF',
    )
    expect(() => readElf(file.subarray(0, file.length / 2))).toThrow()
  })
})

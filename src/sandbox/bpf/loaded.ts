import { closeSync, openSync, readFileSync } from 'node:fs'
import type { MapContents, MapOperation, SocketMap } from '../../dataplane/socket-maps.ts'
import {
  attach,
  type BpfObject,
  createMap,
  deleteKeys,
  loadProgram,
  objectOf,
  readEntries,
  writeEntries,
} from './bpf-call.ts'
import type { MapDefinition } from './btf.ts'
import type { ProgramObject } from './program-object.ts'

/** Programs that the kernel holds for as long as this process lives. */
export interface LoadedObject {
  /** Their maps' descriptors, by name. */
  maps: ReadonlyMap<string, number>
  definitions: ReadonlyMap<string, MapDefinition>
  /** What the kernel has of it. */
  objects: readonly BpfObject[]
}

/** Makes maps, loads programs and attaches them to a cgroup, by its folder. Throws NetlabError where the kernel refuses. */
export function loadObject({ programs, maps, license }: ProgramObject, cgroup: string): LoadedObject {
  const made = new Map(maps.map(map => [map.name, createMap(map)]))
  const loaded = programs.map(program => ({ program, descriptor: loadProgram(program, made, license) }))
  const objects = [
    ...loaded.map(({ descriptor }) => objectOf('program', descriptor)),
    ...[...made.values()].map(descriptor => objectOf('map', descriptor)),
  ]
  const folder = openSync(cgroup, 'r')
  try {
    for (const { program, descriptor } of loaded) {
      attach(program, descriptor, folder)
      // Its link holds it.
      closeSync(descriptor)
    }
  } finally {
    closeSync(folder)
  }
  return { maps: made, definitions: new Map(maps.map(map => [map.name, map])), objects }
}

/** Does what it is told with the maps, in order. Throws NetlabError where the kernel refuses, a map that is full, say. */
export function changeMaps(loaded: LoadedObject, operations: readonly MapOperation[]): void {
  for (const operation of operations) {
    const place = placeOf(loaded, operation.map)
    if ('write' in operation) writeEntries(...place, operation.write)
    else deleteKeys(...place, operation.delete)
  }
}

/** What the kernel's maps hold now. */
export function readMaps(loaded: LoadedObject): MapContents {
  const read = (map: SocketMap) => readEntries(...placeOf(loaded, map))
  return {
    networks: read('networks'),
    services: read('services'),
    endpoints: read('endpoints'),
    members: read('members'),
  }
}

/** Bytes of the kernel's memory that the maps take, as it tells them of their descriptors. Before Linux 6.4 it tells what they take when they are full. */
export function mapMemory({ maps }: LoadedObject): number {
  const bytes = (descriptor: number) => {
    const told = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
    return Number(/^memlock:\s*(\d+)$/m.exec(told)?.[1] ?? 0)
  }
  return [...maps.values()].reduce((sum, descriptor) => sum + bytes(descriptor), 0)
}

function placeOf({ maps, definitions }: LoadedObject, name: SocketMap): [number, MapDefinition] {
  const [descriptor, definition] = [maps.get(name), definitions.get(name)]
  if (descriptor === undefined || definition === undefined)
    throw new Error(`the programs have no map ${name}`)
  return [descriptor, definition]
}

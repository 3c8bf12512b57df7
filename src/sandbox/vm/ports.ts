import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { NetlabError } from '../../errors.ts'
import { lockFile } from '../file-lock.ts'
import { listenOn } from '../native.ts'
import { fitting } from '../patience.ts'

/** How many commands can be under way in one virtual machine: each has a port of its own. */
export const portCount = 8

/** The name of a port inside, below /dev/virtio-ports. */
export function portName(port: number): string {
  return `netlab.${port}`
}

/** Opens the outer ends of all ports in a folder that is made for them. The caller closes the descriptors that are returned. */
export function listenAtPorts(folder: string): number[] {
  mkdirSync(folder, { mode: 0o700 })
  return withFolder(folder, path => ports.map(port => listenOn(join(path, `${port}`))))
}

const ports = Array.from({ length: portCount }, (_, port) => port)

/** A port that nobody else uses until it is released. */
export interface HeldPort {
  socket: Socket
  release: () => void
}

/** Milliseconds in which a lock that is free can be had. */
const lockPatience = 300

/** Connects to a free port. Throws NetlabError where none is free. */
export async function connectToPort(folder: string): Promise<HeldPort> {
  for (const port of ports) {
    const unlock = await lockFile(join(folder, `${port}.lock`), { patience: fitting(lockPatience) })
    if (unlock === undefined) continue
    const socket = withFolder(folder, path => connect({ path: join(path, `${port}`) }))
    return {
      socket,
      release: () => {
        socket.destroy()
        unlock()
      },
    }
  }
  throw new NetlabError({
    what: `${portCount} commands are under way in the lab's virtual machine`,
    why: 'each takes one of its ports',
    fix: 'wait until one of them has ended',
  })
}

/** A path by which a folder is found whatever its name's length: a Unix socket's may have 107 bytes. */
function withFolder<T>(folder: string, work: (path: string) => T): T {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    return work(`/proc/self/fd/${descriptor}`)
  } finally {
    closeSync(descriptor)
  }
}

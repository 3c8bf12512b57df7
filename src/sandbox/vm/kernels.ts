import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A kernel that a lab can run on instead of this machine's, by the release of Debian that has it. */
const releases = { 'debian-6.1': 'bookworm', 'debian-6.12': 'trixie' } as const

export type KernelName = keyof typeof releases

/** The names of all kernels that can be asked for. */
export const kernelNames = Object.keys(releases) as KernelName[]

/** The release of Debian whose newest kernel for clouds this is. */
export function debianRelease(name: KernelName): string {
  return releases[name]
}

/** A kernel that has been brought here. */
export interface Kernel {
  name: KernelName
  /** As `uname -r` has it: 6.1.0-50-cloud-amd64. */
  release: string
  /** The kernel itself, and what it starts with: busybox, modules, `init`. */
  image: string
  initramfs: string
}

/** Grows when what `initramfs` starts with changes: one that an older netlab has made is then made anew. */
const layout = 2

/** The folder of a kernel, whether it has been brought here or not (XDG Base Directory Specification). */
export function kernelFolder(name: KernelName, env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : join(homedir(), '.cache')
  return join(cache, 'netlab', `kernels-${layout}`, name)
}

/** A kernel that has been brought here before; undefined where it has not. */
export function kernelAt(folder: string, name: KernelName): Kernel | undefined {
  // Put there by one rename, so it is whole.
  if (!existsSync(folder)) return undefined
  const release = readFileSync(join(folder, 'release'), 'utf8').trim()
  return { name, release, image: join(folder, 'linux'), initramfs: join(folder, 'initramfs.gz') }
}

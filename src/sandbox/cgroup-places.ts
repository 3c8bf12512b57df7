/**
 * Where a cgroup for a lab could be made, read from the texts of /proc/self/cgroup and /proc/self/mountinfo. See cgroups(7); of
 * version 1 each controller has a tree of its own, of version 2 there is one tree, and both may stand side by side.
 */
export interface CgroupPlaces {
  /** Of version 2: this process's own cgroup and those above it, the nearest first. */
  unified: readonly string[]
  /** Of version 1: this process's own cgroup in the tree of each controller. */
  memory: string | undefined
  pids: string | undefined
}

interface CgroupMount {
  /** Which cgroup is seen at the mount point. */
  root: string
  mountPoint: string
  version: 1 | 2
  /** Of version 1. */
  controllers: readonly string[]
}

/** What /proc/self/cgroup and /proc/self/mountinfo say, together. */
export function cgroupPlaces(ownCgroups: string, mountinfo: string): CgroupPlaces {
  const mounts = cgroupMounts(mountinfo)
  const own = ownCgroups.split('\n').flatMap(line => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    return path === '' ? [] : [{ controllers: controllers.split(',').filter(Boolean), path }]
  })
  const folderOf = (controller: string) => {
    const path = own.find(({ controllers }) => controllers.includes(controller))?.path
    const mount = mounts.find(each => each.controllers.includes(controller))
    return path === undefined || mount === undefined ? undefined : folderAt(mount, path)
  }
  const mount = mounts.find(({ version }) => version === 2)
  const path = own.find(({ controllers }) => controllers.length === 0)?.path
  const nearest = mount === undefined || path === undefined ? undefined : folderAt(mount, path)
  return {
    unified: mount === undefined || nearest === undefined ? [] : upwards(nearest, mount.mountPoint),
    memory: folderOf('memory'),
    pids: folderOf('pids'),
  }
}

/** The name of a cgroup of a lab; `starter` is the process id of the netlab that makes it. */
export function labCgroupName(uid: number, starter: number, suffix: string): string {
  return `netlab-${uid}-${starter}-${suffix}`
}

/** The process id of the netlab that made a cgroup of this user's, by its name; undefined where the name is no such one's. */
export function starterOf(name: string, uid: number): number | undefined {
  const [, owner, starter] = /^netlab-(\d+)-(\d+)-[A-Za-z0-9]{6}$/.exec(name) ?? []
  return owner === String(uid) ? Number(starter) : undefined
}

/** Whether a path can be a cgroup that a lab of this user got: what is stored may have been changed by somebody. */
export function isLabCgroup(path: string, mountinfo: string, uid: number): boolean {
  const parts = path.split('/')
  if (starterOf(parts.at(-1) ?? '', uid) === undefined || parts.includes('..') || parts.includes('.'))
    return false
  return cgroupMounts(mountinfo).some(({ mountPoint }) => path.startsWith(`${mountPoint}/`))
}

function cgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line): CgroupMount[] => {
    // The fields before " - " vary in number, those after it do not; see proc_pid_mountinfo(5).
    const [mounted = '', kind = ''] = line.split(' - ')
    const [, , , root = '', mountPoint = ''] = mounted.split(' ').map(unescaped)
    const [type, , options = ''] = kind.split(' ')
    if (type === 'cgroup2') return [{ root, mountPoint, version: 2, controllers: [] }]
    if (type !== 'cgroup') return []
    return [{ root, mountPoint, version: 1, controllers: options.split(',') }]
  })
}

/** Blanks and the like stand as octal numbers. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** The folder of a cgroup below a mount; a container may see but a part of the tree, and be outside of it. */
function folderAt({ root, mountPoint }: CgroupMount, path: string): string | undefined {
  const below =
    root === '/'
      ? path
      : path.startsWith(`${root}/`)
        ? path.slice(root.length)
        : path === root
          ? '/'
          : undefined
  if (below === undefined || below.split('/').includes('..')) return undefined
  return below === '/' ? mountPoint : `${mountPoint}${below}`
}

function upwards(folder: string, top: string): string[] {
  if (folder === top) return [top]
  return [folder, ...upwards(folder.slice(0, folder.lastIndexOf('/')), top)]
}

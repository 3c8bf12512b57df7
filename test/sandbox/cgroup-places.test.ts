import { describe, expect, test } from 'vitest'
import { cgroupPlaces, isLabCgroup } from '../../src/sandbox/cgroup-places.ts'

const mount = (root: string, mountPoint: string, kind: string, options: string) =>
  `31 30 0:28 ${root} ${mountPoint} rw,relatime shared:9 - ${kind} ${kind} ${options}\n`

const v2 = mount('/', '/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate')
const v1 = [
  '30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n',
  mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
  mount('/', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory'),
  mount('/', '/sys/fs/cgroup/pids', 'cgroup', 'rw,pids'),
  mount('/', '/sys/fs/cgroup/systemd', 'cgroup', 'rw,name=systemd'),
  mount('/', '/sys/fs/cgroup/unified', 'cgroup2', 'rw'),
].join('')

describe('where a cgroup could be made', () => {
  test("under systemd: in the user's own part of the tree, from the nearest cgroup up", () => {
    const own = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn.scope\n'
    expect(cgroupPlaces(own, v2)).toEqual({
      unified: [
        '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn.scope',
        '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice',
        '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service',
        '/sys/fs/cgroup/user.slice/user-1000.slice',
        '/sys/fs/cgroup/user.slice',
        '/sys/fs/cgroup',
      ],
      memory: undefined,
      pids: undefined,
    })
  })

  test('of version 1: below its own cgroup in the tree of each controller', () => {
    const own = '8:pids:/\n4:memory:/machine/m1\n2:cpu,cpuacct:/\n1:name=systemd:/\n0::/\n'
    expect(cgroupPlaces(own, v1)).toEqual({
      unified: ['/sys/fs/cgroup/unified'],
      memory: '/sys/fs/cgroup/memory/machine/m1',
      pids: '/sys/fs/cgroup/pids',
    })
  })

  test('in a container that sees its own part of the tree only', () => {
    const mounts = mount('/docker/c0', '/sys/fs/cgroup/memory', 'cgroup', 'ro,memory')
    expect(cgroupPlaces('4:memory:/docker/c0\n', mounts).memory).toBe('/sys/fs/cgroup/memory')
    expect(cgroupPlaces('4:memory:/docker/c0/x\n', mounts).memory).toBe('/sys/fs/cgroup/memory/x')
    // Its tree is not the one that is mounted, as after `docker exec` from elsewhere.
    expect(cgroupPlaces('4:memory:/docker/c00\n', mounts).memory).toBeUndefined()
    expect(cgroupPlaces('0::/\n', v2).unified).toEqual(['/sys/fs/cgroup'])
    expect(cgroupPlaces('0::/../other\n', v2).unified).toEqual([])
  })

  test('nowhere where none are mounted, or on a kernel without them', () => {
    expect(cgroupPlaces('0::/user.slice\n', '')).toEqual({ unified: [], memory: undefined, pids: undefined })
    expect(cgroupPlaces('', v2)).toEqual({ unified: [], memory: undefined, pids: undefined })
  })

  test('also where a mount point has a blank in its name', () => {
    const mounts = mount('/', '/mnt/my\\040tree', 'cgroup2', 'rw')
    expect(cgroupPlaces('0::/a\n', mounts).unified).toEqual(['/mnt/my tree/a', '/mnt/my tree'])
  })
})

describe("what may be removed as a lab's cgroup", () => {
  test.each([
    ['/sys/fs/cgroup/user.slice/netlab-1000-4711-a1B2c3', true],
    ['/sys/fs/cgroup/netlab-1000-4711-a1B2c34', false],
    ['/sys/fs/cgroup/netlab-1001-4711-a1B2c3', false],
    ['/sys/fs/cgroup/user.slice', false],
    ['/sys/fs/cgroup', false],
    ['/sys/fs/cgroup/netlab-1000-4711-a1B2c3/..', false],
    ['/sys/fs/cgroup/../../home/netlab-1000-4711-a1B2c3', false],
    ['/home/me/netlab-1000-4711-a1B2c3', false],
    ['/sys/fs/cgroups/netlab-1000-4711-a1B2c3', false],
    ['netlab-1000-4711-a1B2c3', false],
    ['', false],
  ])('%s: %s', (path, may) => {
    expect(isLabCgroup(path, v2, 1000)).toBe(may)
  })
})

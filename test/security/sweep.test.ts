import { readlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openSession, users } from '../labs/cli.ts'

const lab = `name: swept
title: A lab that is looked at from inside
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.12/24, command: [sleep, "1000"]}
`

/** Run inside, by the lab's root: looks for whatever is of the machine and prints a line for each thing that it finds. */
const look = String.raw`
own=$(for path in / /etc /tmp /var /var/log/pods /dev /dev/pts /run /run/sandbox /proc /sys; do stat -c %d $path; done | sort -u | tr '\n' ' ')
ours() { case " $own " in *" $1 "*) return 0 ;; esac; [ "$(stat -L -f -c %T "$2" 2> /dev/null)" = overlayfs ]; }

# Files and folders that can be written, and sockets of others.
find / \( -path /proc -o -path /sys \) -prune -o ! -type l \( -writable -o -type s \) -printf '%D %y %p\n' 2> /dev/null |
  while read -r device kind path; do ours "$device" "$path" || echo "file $kind $path"; done
find /sys -type f -writable -printf 'sysfs %p\n' 2> /dev/null
find /proc/sys -type f -writable -printf '%p\n' 2> /dev/null | grep -v '^/proc/sys/net/' | sed 's/^/sysctl /'
find /proc -maxdepth 1 -type f -writable -printf 'proc %p\n' 2> /dev/null
find /dev -type b -printf 'disk %p\n'

# Every process that is seen: its root, its mounts, the files that it has open, its terminal.
root=$(stat -c '%d:%i' /)
for process in /proc/[0-9]*; do
  seen=$(stat -L -c '%d:%i' "$process/root" 2> /dev/null) || continue
  [ "$seen" = "$root" ] || echo "root $process $(tr '\0' ' ' < "$process/cmdline")"
  for fd in "$process"/fd/*; do
    to=$(readlink "$fd" 2> /dev/null) || continue
    case $to in
      pipe:* | socket:* | anon_inode:* | net:* | /dev/null | /dev/urandom | /var/log/pods/* | /proc/*) continue ;;
    esac
    ours "$(stat -L -c %d "$fd" 2> /dev/null)" "$fd" || echo "descriptor $fd $to"
  done
  [ "$(cut -d ' ' -f 7 "$process/stat" 2> /dev/null)" = 0 ] || echo "terminal $process"
done

# Mounts of every type that the kernel has.
sed 's/.*\t//' /proc/filesystems | while read -r type; do
  unshare -m sh -c 'mount -t "$1" none /mnt && find /mnt -writable -maxdepth 2 | head -n 3' sh "$type" > /tmp/mounted 2> /dev/null &&
    echo "mount $type"
done

# The kernel's own.
awk 'NR > 1 && $8 ~ /^@/ { print "abstract " $8 }' /proc/net/unix
for other in net ipc uts pid mnt user cgroup; do readlink /proc/self/ns/$other | sed "s/^/namespace /"; done
ls -d /proc/[0-9]* | wc -l | sed 's/^/processes /'
`

/** File systems that any user namespace may mount: each such mount is empty, or shows what belongs to the lab anyway. */
const harmless = ['tmpfs', 'ramfs', 'devpts', 'mqueue', 'bpf', 'sysfs', 'binfmt_misc', 'hugetlbfs']

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Listens on this machine, on a path or an abstract name (which begins with a zero byte). */
async function listen(path: string): Promise<() => number> {
  let connections = 0
  const server = createServer(socket => {
    connections += 1
    socket.destroy()
  })
  servers.push(server)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  return () => connections
}

describe.each(users)('seen from inside a lab of %s', user => {
  it('nothing of the machine is writable, connectable, signalable or in sight', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('lab.yaml', lab))).toMatchObject({ code: 0 })
    const onPath = await listen(join(session.folder, 'machine.sock'))
    const abstract = await listen(`\0netlab-test-${process.pid}-${user.length}`)
    const { stdout, code } = await session.netlab('exec', '--', 'sh', '-c', look)
    expect(code).toBe(0)
    const found = stdout.trim().split('\n')
    const of = (kind: string) =>
      found.filter(line => line.startsWith(`${kind} `)).map(line => line.slice(kind.length + 1))
    // What the machine has for everybody, and what every process needs.
    const nodes = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'net/tun'].map(
      node => `c /dev/${node}`,
    )
    expect(of('file').filter(line => !nodes.includes(line))).toEqual([])
    for (const kind of ['sysfs', 'sysctl', 'proc', 'disk', 'root', 'descriptor', 'terminal', 'abstract'])
      expect([kind, of(kind)]).toEqual([kind, []])
    expect(of('mount').filter(type => !harmless.includes(type))).toEqual([])
    expect(Number(of('processes')[0])).toBeLessThan(30)
    for (const namespace of of('namespace').filter(name => !name.startsWith('cgroup'))) {
      const kind = namespace.split(':')[0]
      expect(namespace).not.toBe(readlinkSync(`/proc/self/ns/${kind}`))
    }

    const connect = (target: string) =>
      `const socket = require('node:net').connect(${target}); socket.on('connect', () => console.log('connected')).on('error', () => {})`
    for (const target of [
      JSON.stringify(join(session.folder, 'machine.sock')),
      `String.fromCharCode(0) + 'netlab-test-${process.pid}-${user.length}'`,
    ])
      await session.netlab('exec', '--', '/run/sandbox/bin/node', '-e', connect(target))
    expect([onPath(), abstract()]).toEqual([0, 0])

    const { stdout: signalled } = await session.netlab(
      'exec',
      '--',
      'sh',
      '-c',
      `for pid in ${process.pid} ${process.ppid} 2147483; do kill -0 $pid 2> /dev/null && echo $pid; done; true`,
    )
    expect(signalled).toBe('')
  })
})

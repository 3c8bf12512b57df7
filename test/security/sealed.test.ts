import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openSession, type Session, users } from '../labs/cli.ts'

const lab = `name: caged
title: Pods with everything that netlab starts
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}, readiness: {tcpSocket: {port: 8080}}}
  b: {address: 10.0.0.12/24, command: sleep 1000, ports: {echo: 53/UDP}, labels: {app: names}}
outside: {client: 192.0.2.10/24}
services:
  - {name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
  - {name: names, clusterIP: 10.96.0.2, selector: {app: names}, ports: [{port: 53, protocol: UDP, targetPort: 53}]}
steps: [{title: Ask, check: [{curl: "10.96.0.1:80", from: [host, a, client]}]}]
`

interface Ids {
  init: { pid: number }
  holder: { pid: number }
}

function idsOf(session: Session): Ids {
  return JSON.parse(readFileSync(join(session.stateDir, 'caged/state.json'), 'utf8')).sandbox
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** Looks at all processes of a lab until `ended`; returns those that had this machine's mounts, and how many were looked at. */
async function watchMounts(session: Session, ended: Promise<unknown>) {
  const { init } = idsOf(session)
  const [user, pids] = ['user', 'pid'].map(kind => link(`/proc/${init.pid}/ns/${kind}`))
  const [ownMounts, ownRoot] = [link('/proc/self/ns/mnt'), statSync('/')]
  const seen = new Set<string>()
  const strangers = new Set<string>()
  let running = true
  ended.finally(() => {
    running = false
  })
  while (running) {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      const [theirUser, theirPids, mounts] = ['user', 'pid', 'mnt'].map(kind =>
        link(`/proc/${pid}/ns/${kind}`),
      )
      if (theirPids === undefined || (theirUser !== user && theirPids !== pids)) continue
      seen.add(pid)
      try {
        const root = statSync(`/proc/${pid}/root`)
        if (mounts !== ownMounts && (root.dev !== ownRoot.dev || root.ino !== ownRoot.ino)) continue
        strangers.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // It ended in between.
      }
    }
    await sleep(10)
  }
  return { strangers: [...strangers], seen: seen.size }
}

describe.each(users)('a lab of %s', { timeout: 180_000 }, user => {
  it.each([['in batches'], ['with a process for each command', '--no-batch']])(
    'that came up %s has no process with the files of this machine, whoever starts it',
    async (_, ...flags) => {
      const session = openSession(user)
      const file = session.file('caged.yaml', lab)
      expect(await session.netlab('up', file, ...flags)).toMatchObject({ code: 0 })
      const work = (async () => {
        await session.netlab('verify', '--requests', '20')
        await session.netlab('pod', 'kill', 'a')
        await session.netlab('sync')
        await session.netlab('pod', 'start', 'a')
        await session.netlab('pod', 'start', 'b')
        await session.netlab('sync')
        await session.netlab(
          'apply',
          session.file('caged.yaml', lab.replace('a: {', 'c: {address: 10.0.0.13/24, serve: 8080}\n  a: {')),
        )
        await session.netlab('exec', '--in', 'a', '--', 'sleep', '0.2')
      })()
      const { strangers, seen } = await watchMounts(session, work)
      expect(strangers).toEqual([])
      expect(seen).toBeGreaterThan(10)
    },
  )

  it('writes nothing through the root of any process that it can see, also while netlab works in it', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('caged.yaml', lab), '--no-batch')).toMatchObject({
      code: 0,
    })
    const target = join(session.folder, 'stolen')
    mkdirSync(target, { mode: 0o777 })
    const attack = `end=$(($(date +%s) + 3)); while [ "$(date +%s)" -lt "$end" ]; do
      for p in /proc/[0-9]*; do : > "$p/root${target}/x" && exit 7; ls "$p/root/etc/shadow" && ls -d "$p/root${target}" && exit 8; done; done 2> /dev/null > /dev/null`
    const [attacked] = await Promise.all([
      session.netlab('exec', '--', 'sh', '-c', attack),
      session.netlab('verify', '--requests', '20').then(() => session.netlab('sync')),
    ])
    expect(attacked.code).not.toBe(7)
    expect(attacked.code).not.toBe(8)
    expect(readdirSync(target)).toEqual([])
  })

  it('has no right of this machine outside, and its root is nobody there', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('caged.yaml', lab))).toMatchObject({ code: 0 })
    const { init, holder } = idsOf(session)
    for (const { pid } of [init, holder]) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0')
      // Whoever started netlab has rights by groups; of real root's, none may be left.
      if (process.getuid?.() === 0) expect(/^Groups:(.*)$/m.exec(status)?.[1]?.trim()).toBe('')
    }
  })

  it('cannot take its mounts away, lay fresh ones of the kernel over them, or reach the cgroups', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('caged.yaml', lab))).toMatchObject({ code: 0 })
    const settings = ['kernel/core_pattern', 'kernel/hostname', 'vm/swappiness']
    const before = settings.map(name => readFileSync(`/proc/sys/${name}`, 'utf8'))
    const inside = async (line: string) =>
      (await session.netlab('exec', '--', 'sh', '-c', `${line} && echo done`)).stdout.trim()
    for (const line of [
      ...[
        '/proc',
        '/proc/sys',
        '/sys',
        '/dev',
        '/run',
        '/run/sandbox',
        '/tmp',
        '/etc',
        '/var',
        '/usr',
        '/',
      ].flatMap(path => [`umount -l ${path}`, `unshare -m umount -l ${path}`]),
      'unshare -m mount -t proc proc /mnt',
      'unshare -m -p -f mount -t proc proc /mnt',
      'unshare -C true',
      'unshare -m mount -t cgroup2 none /mnt',
      'unshare -m mount -t cgroup -o pids none /mnt',
      ...settings.map(name => `echo 1 > /proc/sys/${name}`),
      'unshare -m sh -c "mount -o remount,bind,rw /proc/sys; echo 1 > /proc/sys/kernel/core_pattern"',
      'unshare -r -m sh -c "mount -o remount,bind,rw /usr"',
      'mount -o remount,bind,rw /run/sandbox',
      'echo x > /run/sandbox/bin/ip',
      'echo x > /run/sandbox/bin/netlab',
      'nsenter -t 1 --user true',
      'mknod /tmp/disk b 8 0',
      'mount -t ext4 /dev/vda /mnt',
      'chroot /proc/1/root/../../.. test -e /etc/shadow -a -e /home/.',
    ])
      expect([line, await inside(line)]).toEqual([
        line,
        // A root of one's own is no way out: it is the sandbox's.
        line.startsWith('chroot') ? expect.anything() : '',
      ])
    expect(settings.map(name => readFileSync(`/proc/sys/${name}`, 'utf8'))).toEqual(before)
  })

  it('never leads netlab into a namespace of this machine by what it puts where a pod was', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('caged.yaml', lab))).toMatchObject({ code: 0 })
    const own = link('/proc/self/ns/net')
    for (const way of [`/proc/${process.pid}/ns/net`, '/proc/self/ns/net', '/proc/1/ns/net']) {
      await session.netlab(
        'exec',
        '--',
        'sh',
        '-c',
        `umount -l /run/netns/a; rm -f /run/netns/a; ln -s ${way} /run/netns/a`,
      )
      const { stdout } = await session.netlab('exec', '--in', 'a', '--', 'readlink', '/proc/self/ns/net')
      expect(stdout.trim()).not.toBe(own)
      const probe = await session.netlab('verify', '--from', 'a', '--requests', '3', '--json')
      expect(probe.code).not.toBe(130)
    }
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect(existsSync(join(session.stateDir, 'caged'))).toBe(false)
  })
})

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session, users } from '../labs/cli.ts'
import { udpAnswer } from '../run/changing-labs.ts'

const lab = `name: caged
title: Pods with everything that netlab starts
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}, readiness: {tcpSocket: {port: 8080}}}
  b: {address: 10.0.0.12/24, command: ${udpAnswer('b')}, ports: {echo: 53/UDP}, labels: {app: names}}
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

/** The ids of all processes. */
const pids = () => readdirSync('/proc').filter(name => /^\d+$/.test(name))

/** Looks at all new processes of a lab until `ended`; returns those that had this machine's mounts, and how many were looked at. */
async function watchMounts(session: Session, older: ReadonlySet<string>, ended: Promise<unknown>) {
  const { init } = idsOf(session)
  const [user, space] = ['user', 'pid'].map(kind => link(`/proc/${init.pid}/ns/${kind}`))
  const [ownMounts, ownRoot] = [link('/proc/self/ns/mnt'), statSync('/')]
  const seen = new Set<string>()
  const strangers = new Set<string>()
  let running = true
  const over = ended.finally(() => {
    running = false
  })
  while (running) {
    for (const pid of pids().filter(each => !older.has(each))) {
      const [theirUser, theirPids, mounts] = ['user', 'pid', 'mnt'].map(kind =>
        link(`/proc/${pid}/ns/${kind}`),
      )
      if (theirPids === undefined || (theirUser !== user && theirPids !== space)) continue
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
  await over
  return { strangers: [...strangers], seen: seen.size }
}

const modes: readonly (readonly [how: string, ...flags: string[]])[] = [
  ['in batches'],
  ['with a process for each command', '--no-batch'],
]
const cases = users.flatMap(user => modes.map(([how, ...flags]) => [user, how, flags] as const))

describe.each(cases)('a lab of %s that came up %s', (user, _, flags) => {
  let session: Session
  /** Processes that are none of the lab's. */
  const older = new Set<string>()

  beforeAll(async () => {
    session = new Session(user)
    for (const pid of pids()) older.add(pid)
    const up = await session.netlab('up', session.file('caged.yaml', lab), ...flags)
    expect(up).toMatchObject({ code: 0 })
  })
  afterAll(() => session.end())

  it('has no process with the files of this machine, whoever starts it, and none through whose root it could write', async () => {
    const target = join(session.folder, 'stolen')
    mkdirSync(target)
    chmodSync(target, 0o777)
    // No `:`, whose redirection that fails would end the shell.
    const attack = `while [ ! -e /tmp/enough ]; do sleep 0.1; for p in /proc/[0-9]*; do
      echo x > "$p/root${target}/x" && exit 7
      [ -e "$p/root/etc/shadow" ] && [ -e "$p/root${target}" ] && exit 8
      done; done > /dev/null 2>&1
      echo enough`
    const attacked = session.netlab('exec', '--', 'sh', '-c', attack)
    const wider = lab.replace('a: {', 'c: {address: 10.0.0.13/24, serve: 8080}\n  a: {')
    const work = async () => {
      for (const argv of [
        ['verify', '--requests', '20'],
        ['pod', 'kill', 'a'],
        ['sync'],
        ['pod', 'start', 'a'],
        ['pod', 'start', 'b'],
        ['sync'],
        ['apply', session.file('wider.yaml', wider)],
        ['exec', '--in', 'a', '--', 'sleep', '0.2'],
        ['exec', '--', 'touch', '/tmp/enough'],
      ])
        await session.netlab(...argv)
    }
    const { strangers, seen } = await watchMounts(session, older, work())
    expect(strangers).toEqual([])
    expect(seen).toBeGreaterThan(10)
    expect(await attacked).toMatchObject({ code: 0, stdout: 'enough\n' })
    expect(readdirSync(target)).toEqual([])
  })

  it('has no right of this machine outside, and its root is nobody there', () => {
    const { init, holder } = idsOf(session)
    for (const { pid } of [init, holder]) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0')
      // Whoever started netlab has rights by groups; of real root's, none may be left.
      if (process.getuid?.() === 0) expect(/^Groups:(.*)$/m.exec(status)?.[1]?.trim()).toBe('')
    }
  })

  it('cannot take its mounts away, lay fresh ones of the kernel over them, or reach the cgroups', async () => {
    const settings = ['kernel/core_pattern', 'kernel/hostname', 'vm/swappiness']
    const before = settings.map(name => readFileSync(`/proc/sys/${name}`, 'utf8'))
    const folders = '/proc /proc/sys /sys /dev /run /run/sandbox /tmp /etc /var /usr /'.split(' ')
    const lines = [
      ...folders.flatMap(path => [`umount -l ${path}`, `unshare -m umount -l ${path}`]),
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
      `chroot /proc/1/root/../../.. test -e ${session.folder}`,
    ]
    const each = 'for line; do sh -c "$line" > /dev/null 2>&1 && echo "could: $line"; done; echo tried $#'
    const { stdout } = await session.netlab('exec', '--', 'sh', '-c', each, 'sh', 'true', ...lines)
    expect(stdout.trim().split('\n')).toEqual(['could: true', `tried ${lines.length + 1}`])
    expect(settings.map(name => readFileSync(`/proc/sys/${name}`, 'utf8'))).toEqual(before)
  })

  it('never leads netlab into a namespace of this machine by what it puts where a pod was', async () => {
    const own = link('/proc/self/ns/net')
    for (const way of [`/proc/${process.pid}/ns/net`, '/proc/self/ns/net', '/proc/1/ns/net']) {
      const replace = `umount -l /run/netns/a; rm -f /run/netns/a; ln -s ${way} /run/netns/a`
      await session.netlab('exec', '--', 'sh', '-c', replace)
      const [entered, probe] = await Promise.all([
        session.netlab('exec', '--in', 'a', '--', 'readlink', '/proc/self/ns/net'),
        session.netlab('verify', '--from', 'a', '--requests', '3', '--json'),
      ])
      expect(entered.stdout.trim()).not.toBe(own)
      expect(probe.code).not.toBe(130)
    }
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect(existsSync(join(session.stateDir, 'caged'))).toBe(false)
  })
})

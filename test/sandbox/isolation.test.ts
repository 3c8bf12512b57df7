import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openSession, users } from '../labs/cli.ts'
import { removeFolder } from '../labs/package-copy.ts'

const lab = (steps = '[]', name = 'a') => `name: caged
title: A lab that tries to get out
bridge: {name: br1, address: 10.0.0.1/24}
pods: {${name}: 10.0.0.11/24}
steps: ${steps}
`
const ownProc = 'mount -t proc -o ro,nosuid,nodev,noexec proc /mnt'
const mark = `netlab-test-${process.pid}`
const outside = [homedir(), '/home', '/root', '/etc', '/usr', '/var/tmp', '/tmp', '/run'].map(folder =>
  join(folder, mark),
)

afterEach(() => {
  for (const path of outside) if (existsSync(path)) removeFolder(path)
})

const settings = [
  '/proc/sys/kernel/hostname',
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/vm/swappiness',
  '/proc/sys/net/ipv4/ip_forward',
  '/proc/sys/net/core/somaxconn',
]
const values = () => settings.map(path => [path, readFileSync(path, 'utf8')])

describe.each(users)('from within a lab of %s', user => {
  it('no file of the machine is written, remounted or unmounted, and no setting of it changes', async () => {
    const session = openSession(user)
    const precious = session.file('precious.txt', 'precious')
    expect(await session.netlab('up', session.file('lab.yaml', lab()))).toMatchObject({ code: 0 })
    const before = values()
    // Tries each line in a shell of its own, and says which of them could be done.
    const each = 'for line; do sh -c "$line" > /dev/null 2>&1 && echo "$line"; done; true'
    const done = async (lines: readonly string[]) =>
      (await session.netlab('exec', '--', 'sh', '-c', each, 'sh', ...lines)).stdout.split('\n').slice(0, -1)

    const refused = [
      `echo x > ${homedir()}/${mark}`,
      `echo x > /root/${mark}`,
      `echo x > /usr/${mark}`,
      'mount -o remount,rw /',
      'mount -o remount,bind,rw /',
      'mount -o remount,bind,rw /usr',
      'umount /proc/sys',
      'umount -l /',
      'echo x > /proc/sys/kernel/core_pattern',
      'echo 1 > /proc/sys/vm/swappiness',
      'test -w /proc/sysrq-trigger',
      'echo 1 > /sys/kernel/mm/ksm/run',
      'mkdir /sys/fs/cgroup/netlab',
      'mknod /tmp/disk b 8 0',
      'mount -t proc proc /mnt',
      'mount -o remount,rw /run/sandbox/proc',
      'mount -o remount,bind,rw /run/sandbox/proc',
      'umount /run/sandbox/proc',
      `echo 1 > /run/sandbox/proc/sys/net/ipv4/ip_forward`,
      // Its own, of its own processes: nothing can be written there, and that cannot be changed.
      `unshare --pid --fork --mount sh -c '${ownProc}; echo x > /mnt/sys/kernel/core_pattern'`,
      `unshare --pid --fork --mount sh -c '${ownProc}; echo 1 > /mnt/sys/net/ipv4/ip_forward'`,
      `unshare --pid --fork --mount sh -c '${ownProc}; mount -o remount,rw /mnt'`,
      `unshare --pid --fork --mount sh -c '${ownProc}; mount -o remount,bind,rw /mnt'`,
    ]
    expect(await done(refused)).toEqual([])
    const changesTheLabAlone = [
      `echo x > /etc/${mark}`,
      `echo x > /tmp/${mark}`,
      `echo x > /run/${mark}`,
      `echo x > /var/tmp/${mark}`,
      'hostname elsewhere',
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
      'echo 77 > /proc/sys/net/core/somaxconn',
      `unshare --pid --fork --mount sh -c '${ownProc}'`,
      'mount -t tmpfs tmpfs /mnt',
      'ip link delete br1',
      'iptables -P FORWARD DROP',
      `test ! -e ${precious} && test ! -e ${session.folder}`,
    ]
    expect(await done(changesTheLabAlone)).toEqual(changesTheLabAlone)
    expect(outside.filter(existsSync)).toEqual([])
    expect(values()).toEqual(before)
    expect(readFileSync(precious, 'utf8')).toBe('precious')
  })

  it('no process of the machine is seen, signalled or traced', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('lab.yaml', lab()))).toMatchObject({ code: 0 })
    const { stdout } = await session.netlab(
      'exec',
      '--',
      'sh',
      '-c',
      `kill -9 -1; ls -d /proc/[0-9]*; ls /proc/${process.pid}/environ`,
    )
    expect(stdout.split('\n').length).toBeLessThan(20)
    expect(await session.netlab('exec', '--', 'true')).toMatchObject({ code: 0 })
  })
})

it("a lab's own commands run in the sandbox too: nothing is written beyond it", async () => {
  const session = openSession()
  const run = outside.map(path => `sh -c "echo x > ${path} || true"`)
  const text = lab(JSON.stringify([{ title: 'Out', run }]))
  expect(await session.netlab('up', session.file('lab.yaml', text))).toMatchObject({ code: 0 })
  expect(outside.filter(existsSync)).toEqual([])
})

it.each([
  'echo $(touch /tmp/x)',
  'echo `touch /tmp/x`',
  'echo x > /tmp/x',
  'true; touch /tmp/x',
  'true && touch /tmp/x',
])('no shell reads the command %s: it is refused with a position', async line => {
  const session = openSession()
  const file = session.file('lab.yaml', lab(JSON.stringify([{ title: 'Out', run: [line] }])))
  expect(await session.netlab('up', file)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/lab\.yaml:\d+:\d+/),
  })
})

describe('a pod named so is refused with a position, and nothing is written or run', () => {
  const names = [
    '../../x',
    '$(touch /tmp/owned)',
    '`id`',
    'x'.repeat(300),
    '🙂',
    'a b',
    '-rf',
    'a;b',
    "a'b",
    '.',
    '..',
    'a/b',
  ]
  it.each(names)('%s', async name => {
    const session = openSession()
    const file = session.file('lab.yaml', lab('[]', JSON.stringify(name)))
    const { code, stderr } = await session.netlab('up', file)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/lab\.yaml:\d+:\d+/) })
    expect(session.leftFiles()).toEqual([])
  })
})

it('a file of a lab does not get out of the folders that it may write to', async () => {
  const session = openSession()
  for (const path of [`/home/${mark}`, `/etc/../home/${mark}`, `/tmp/../../root/${mark}`]) {
    const file = session.file('lab.yaml', `${lab()}files: {${JSON.stringify(path)}: x}\n`)
    expect(await session.netlab('up', file)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/lab\.yaml:\d+:\d+/),
    })
  }
  writeFileSync(join(session.folder, 'lab.yaml'), `${lab()}files: {/etc/${mark}: x}\n`)
  expect(await session.netlab('up', join(session.folder, 'lab.yaml'))).toMatchObject({ code: 0 })
  expect(outside.filter(existsSync)).toEqual([])
})

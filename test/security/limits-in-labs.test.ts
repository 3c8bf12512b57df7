import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cgroupParents } from '../../src/sandbox/cgroup.ts'
import { openSession, Session, users } from '../labs/cli.ts'

const lab = (more = '', pod = '10.0.0.11/24') => `name: bounded
title: A lab that takes what it gets
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: ${pod}, b: {address: 10.0.0.12/24, serve: 8080}}
${more}`

async function upWith(session: Session, text: string): Promise<void> {
  const { code, stderr } = await session.netlab('up', session.file('lab.yaml', text), '--quiet')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

/** A line of shell in the lab, to its end. */
const inside = (session: Session, line: string) => session.netlab('exec', '--', 'sh', '-c', line)

/** The cgroups of a session's lab; none where this machine gives none. */
function cgroupsOf(session: Session): string[] {
  const state = JSON.parse(readFileSync(join(session.stateDir, 'bounded/state.json'), 'utf8'))
  return state.sandbox.cgroups
}

describe.each(users)('in a lab of %s', user => {
  it('a fork bomb starts no more processes than the limit, and down ends them', async () => {
    const session = openSession(user)
    await upWith(session, lab('limits: {processes: 100}'))
    const cgroups = cgroupsOf(session)
    const { stdout } = await inside(
      session,
      'n=0; while [ $n -lt 400 ]; do setsid sleep 300 > /dev/null 2>&1 & n=$((n+1)); echo $n; done',
    )
    const started = Number(stdout.trim().split('\n').at(-1))
    expect(started).toBeGreaterThan(20)
    expect(started).toBeLessThan(100)
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect(session.leftFiles()).toEqual([])
    expect(cgroups.filter(existsSync)).toEqual([])
  })

  describe('with a limit of files', () => {
    let session: Session
    beforeAll(async () => {
      session = new Session(user)
      await upWith(session, lab('limits: {files: 16M}'))
    })
    afterAll(() => session.end())

    it.each(['/tmp', '/run', '/var/tmp', '/etc'])('%s takes no more than it', async folder => {
      // Of one tmpfs for all: where one folder is full there is no room in another.
      const { stdout } = await inside(
        session,
        `cd ${folder}; head -c 32000000 /dev/zero > full 2> /dev/null; stat -c %s full
        head -c 9000000 /dev/zero > /dev/shm/x 2> /dev/null; echo $?; rm full /dev/shm/x`,
      )
      const [size, code] = stdout.trim().split('\n').map(Number)
      expect(size).toBeGreaterThan(1_000_000)
      expect(size).toBeLessThanOrEqual(16 * 1024 ** 2)
      expect(code).not.toBe(0)
    })

    it('files without any content are counted, too', async () => {
      const { stdout } = await inside(
        session,
        'mkdir /tmp/many; cd /tmp/many; seq 10000 | xargs touch 2> /dev/null; ls | wc -l',
      )
      expect(Number(stdout)).toBeGreaterThan(100)
      expect(Number(stdout)).toBeLessThan(16 * 256)
    })
  })

  it('what a pod prints is kept up to the limit, `logs` shows it, and the other pods go on', async () => {
    const session = openSession(user)
    const loud =
      '{address: 10.0.0.11/24, command: [sh, -c, "head -c 700000000 /dev/zero | tr \'\\\\0\' x; exec sleep 300"]}'
    await upWith(session, lab('limits: {logs: 1M}', loud))
    // It sleeps once all is said, or could not be.
    const { stdout: asleep } = await inside(
      session,
      'until ps -e -o args= | grep -q "^sleep 300"; do sleep 0.1; done; echo asleep',
    )
    expect(asleep.trim()).toBe('asleep')
    const { code, stdout } = await session.netlab('logs', 'bounded', 'a')
    expect(code).toBe(0)
    expect(stdout.length).toBeGreaterThan(0)
    expect(stdout.length).toBeLessThanOrEqual(1024 ** 2)
    expect(await inside(session, 'curl -sf 10.0.0.12:8080')).toMatchObject({ code: 0 })
  })

  it('no cgroup can be mounted or made, whatever namespaces it opens', async () => {
    const session = openSession(user)
    await upWith(session, lab())
    const lines = [
      'true',
      'unshare --cgroup true',
      'unshare --cgroup --mount sh -c "mount -t cgroup2 none /mnt && mkdir /mnt/x"',
      'unshare --user --map-root-user --cgroup true',
      'mkdir /sys/fs/cgroup/x',
      'mkdir /sys/fs/cgroup/memory/x',
    ]
    const each = 'for line; do sh -c "$line" > /dev/null 2>&1 && echo "$line"; done; true'
    const { stdout: could } = await session.netlab('exec', '--', 'sh', '-c', each, 'sh', ...lines)
    expect(could).toBe('true\n')
  })

  it('the number of namespaces is bounded, and its root cannot raise it', async () => {
    const session = openSession(user)
    await upWith(session, lab('limits: {processes: 100}'))
    const { stdout } = await inside(
      session,
      `for file in /proc/sys/user/max_*; do echo 100000 > $file; done 2> /dev/null
       n=0; while [ $n -lt 200 ] && ip netns add x$n 2> /dev/null; do n=$((n+1)); done; echo $n`,
    )
    expect(Number(stdout)).toBeLessThan(25)
  })
})

/** Whether this machine lets whoever runs the tests make cgroups. */
const bounded = cgroupParents().flatMap(({ bounds }) => bounds)

it.runIf(bounded.includes('memory'))(
  'a program that takes more memory than the limit is ended, and the lab goes on',
  async () => {
    const session = openSession('this user')
    await upWith(session, lab('limits: {memory: 256M}'))
    const cgroups = cgroupsOf(session)
    expect(cgroups.filter(existsSync)).not.toEqual([])
    const { stdout } = await inside(session, 'head -c 600000000 /dev/zero | tail > /dev/null; echo $?')
    expect(stdout.trim()).toBe('137')
    expect(await inside(session, 'curl -sf 10.0.0.12:8080')).toMatchObject({ code: 0 })
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect(cgroups.filter(existsSync)).toEqual([])
  },
)

it.runIf(bounded.length > 0)('its cgroups are gone after down, also when the lab was killed', async () => {
  const session = openSession('this user')
  await upWith(session, lab())
  const cgroups = cgroupsOf(session)
  expect(cgroups.filter(existsSync)).not.toEqual([])
  const [{ pid }] = JSON.parse((await session.netlab('list', '--json')).stdout)
  process.kill(pid, 'SIGKILL')
  expect(await session.netlab('down', '--all')).toMatchObject({ code: 0 })
  expect(cgroups.filter(existsSync)).toEqual([])
})

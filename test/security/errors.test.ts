import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCode, explained, NetlabError } from '../../src/errors.ts'
import { firstCondition } from '../../src/plan/step-endpoints.ts'
import { conditionShape, labShape } from '../../src/run/state-shapes.ts'
import { bin, type Ended, openSession, type Session, users } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'
import { labOf } from '../plan/lab-text.ts'

const raw = /this is a bug|^\s+at .*\.(js|ts)|^node:/m

/** Runs a script of a shell as the session's user; `netlab` is a function in it. */
async function shell(session: Session, script: string): Promise<Ended> {
  const netlab = `netlab() { '${process.execPath}' '${bin}' "$@"; }\n`
  const { stdout, stderr, exitCode: code } = await session.startProgram(['sh', '-c', netlab + script])
  return { stdout, stderr, code: code ?? 128 }
}

function systemError(code: string, syscall?: string, path?: string): Error {
  return Object.assign(new Error(`${code}: words, ${syscall}`), { code, syscall, path })
}

describe('what the system refuses', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'EIO'])(
    '%s is what this machine lacks, with what to do',
    code => {
      const error = explained(systemError(code, 'open', '/a/b'))
      expect(error).toBeInstanceOf(NetlabError)
      expect(error).toMatchObject({
        message: expect.stringMatching(/^opening \/a\/b failed: /),
        fix: expect.stringMatching(/./),
        exitCode: exitCode.machineLacks,
      })
    },
  )

  it('of an unknown kind, or that is no error of the system, stays a bug', () => {
    for (const error of [
      systemError('EBADF', 'open'),
      systemError('ENOENT'),
      new TypeError('x'),
      'text',
      undefined,
    ])
      expect(explained(error)).toBe(error)
    const known = new NetlabError({ what: 'known' })
    expect(explained(known)).toBe(known)
  })
})

describe.each(users)('for %s', user => {
  it('a full disk is told as such, and nothing is left', async () => {
    const session = openSession(user)
    const script = `mount -t tmpfs -o size=64k,mode=700 none "$NETLAB_STATE_DIR" || exit 99
      head -c 64k /dev/zero > "$NETLAB_STATE_DIR/full" 2> /dev/null
      netlab up two-pods; code=$?; ls -A "$NETLAB_STATE_DIR"; exit $code`
    const quoted = script.replaceAll("'", `'"'"'`)
    const ended = await shell(
      session,
      `export NODE='${process.execPath}' BIN='${bin}'
       exec unshare --user --map-root-user --mount sh -c 'netlab() { "$NODE" "$BIN" "$@"; }
       ${quoted}'`,
    )
    expect(ended).toMatchObject({
      code: 3,
      stdout: 'full\n',
      stderr: expect.stringContaining('the disk is full'),
    })
    expect(ended.stderr).not.toMatch(raw)
    await expect.poll(() => processesOf(session.stateDir), { timeout: 20_000 }).toEqual([])
  })

  it('a folder that cannot be made is told with what to do', async () => {
    const session = openSession(user)
    for (const folder of ['/proc/netlab', '/sys/netlab', `/${'x'.repeat(300)}`]) {
      const ended = await session.netlabWith({ env: { NETLAB_STATE_DIR: folder } }, 'up', 'two-pods')
      expect([1, 3]).toContain(ended.code)
      expect(ended.stderr).toMatch(/^error: [\s\S]* failed: [\s\S]*fix: /)
      expect(ended.stderr).not.toMatch(raw)
    }
  })

  it('very few file descriptors are told as such', async () => {
    const session = openSession(user)
    for (const limit of [20, 24, 28]) {
      const ended = await shell(session, `ulimit -n ${limit}; netlab up two-pods; code=$?; exit $code`)
      expect(ended.stderr).not.toMatch(/this is a bug/)
    }
  })
})

describe('the output', () => {
  it('to a device that is full is missed, and said so', async () => {
    for (const verb of ['list', 'schema', 'rules no-endpoints', 'plan two-pods', 'list --json'])
      expect([verb, await shell(openSession(), `netlab ${verb} > /dev/full`)]).toEqual([
        verb,
        {
          ...{ code: 1, stdout: '' },
          stderr: expect.stringMatching(
            /error: the output could not be written[\s\S]*no space left on device/,
          ),
        },
      ])
  })

  it('whose reader has seen enough ends silently', async () => {
    for (const verb of ['list', 'schema', 'plan two-pods', 'rules no-endpoints'])
      expect(await shell(openSession(), `netlab ${verb} | true`)).toMatchObject({ stdout: '', stderr: '' })
  })
})

describe('damaged files of a lab', () => {
  const lab = labOf(`name: a
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 8080}}
outside: {client: 192.0.2.10/24}
services: [{name: a, clusterIP: 10.96.0.1, endpoints: [a], ports: [{port: 80, targetPort: 8080}]}]
steps: [{title: One, run: [ip link], check: [{curl: 10.96.0.1, from: host, expect: {backend: a}}]}]
`)
  const condition = firstCondition(lab)

  it('are told from whole ones', () => {
    expect([labShape(lab), conditionShape(condition)]).toEqual([true, true])
    for (const change of [
      { pods: [null] },
      { pods: [1] },
      { pods: [{ ...lab.pods[0], name: '../../etc' }] },
      { pods: [{ ...lab.pods[0], containers: 'main' }] },
      { steps: [{}] },
      { services: {} },
      { services: [{ ...lab.services[0], clusterIPs: '10.96.0.1' }] },
      { outside: undefined },
      { steps: [{ ...lab.steps[0], run: ['ip link'] }] },
    ])
      expect([change, labShape({ ...lab, ...change })]).toEqual([change, false])
    for (const change of [
      { endpoints: { a: 'b' } },
      { ended: [] },
      { notReady: [1] },
      { probes: { a: 1 } },
      { fullSync: 1 },
      { brokenOff: 1 },
    ])
      expect([change, conditionShape({ ...condition, ...change })]).toEqual([change, false])
  })

  it.each(['{', '', '[]', 'null', '{"version":1,"pods":[null],"steps":[]}'])(
    'are told as such: %j',
    async text => {
      const session = openSession()
      expect(await session.netlab('up', 'two-pods')).toMatchObject({ code: 0 })
      for (const file of ['lab.json', 'condition.json'])
        writeFileSync(join(session.stateDir, 'two-pods', file), text)
      const verbs = [['status'], ['verify'], ['sync'], ['logs', 'two-pods', 'a']]
      const ended = await Promise.all(verbs.map(verb => session.netlab(...verb)))
      for (const [index, verb] of verbs.entries())
        expect([verb, ended[index]]).toEqual([
          verb,
          {
            ...{ code: 1, stdout: '' },
            stderr: expect.stringMatching(
              /two-pods is made of is not known any more[\s\S]*netlab down two-pods/,
            ),
          },
        ])
      expect(await session.netlab('down')).toMatchObject({ code: 0, stderr: '' })
      expect(session.leftFiles()).toEqual([])
    },
  )
})

it('a root that is a file is told as such', async () => {
  const session = openSession()
  mkdirSync(join(session.folder, 'x'))
  const env = { NETLAB_STATE_DIR: session.file('x/root', '') }
  expect(await session.netlabWith({ env }, 'list')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('is not a folder that only you can write to'),
  })
})

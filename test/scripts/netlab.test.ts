import { existsSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Checkout } from './checkout.ts'

let checkout: Checkout

beforeEach(() => {
  checkout = new Checkout()
})

afterEach(() => checkout.remove())

describe('on a fresh clone', () => {
  test('installs, builds and becomes the CLI, whose stdout is its own', async () => {
    const { stdout, stderr, code } = await checkout.run()
    expect(stdout).toBe('ran up x\n')
    expect(stderr).toMatch(/^netlab: installing npm packages .* \d+ s\nnetlab: building \.\.\. \d+ s\n$/)
    expect(code).toBe(0)
    expect(checkout.calls).toEqual([expect.stringContaining('npm ci --ignore-scripts')])
  })

  test('keeps arguments as they were typed', async () => {
    const { stdout } = await checkout.run([checkout.path('scripts/netlab'), 'exec', 'a  b', '', '*'])
    expect(stdout).toBe('ran exec a  b  *\n')
  })

  test('works through a symlink elsewhere', async () => {
    const link = join(checkout.programs, 'netlab')
    symlinkSync(checkout.path('scripts/netlab'), link)
    expect(await checkout.run(['netlab', 'list'])).toMatchObject({ stdout: 'ran list\n', code: 0 })
  })

  test('two at once take turns and install once', async () => {
    const outcomes = await Promise.all([checkout.run(), checkout.run()])
    expect(outcomes.map(({ stdout, code }) => ({ stdout, code }))).toEqual(
      Array(2).fill({ stdout: 'ran up x\n', code: 0 }),
    )
    expect(checkout.calls).toHaveLength(1)
    expect(outcomes.map(({ stderr }) => stderr).join()).toContain('another set-up is at work')
  })

  test('shows all that npm printed where it fails, exits with 3, and tries again the next time', async () => {
    checkout.program('npm', 'echo first line; echo "npm error network" >&2; exit 1')
    const { stdout, stderr, code } = await checkout.run()
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 })
    expect(stderr).toContain('failed\nfirst line\nnpm error network\n')
    expect(stderr).toContain('npm ci --ignore-scripts')
    expect((await checkout.run()).code).toBe(3)
  })

  test('killed while npm works, the next run installs from the start', async () => {
    checkout.write('hang', '')
    // A killed shell cannot take its log away: it goes with the checkout.
    const killed = checkout.start([checkout.path('scripts/netlab')], { TMPDIR: checkout.folder })
    while (!existsSync(checkout.path('node_modules/esbuild'))) await sleep(10)
    process.kill(-killed.pid!, 'SIGKILL')
    rmSync(checkout.path('hang'))
    expect(await checkout.run()).toMatchObject({ stdout: 'ran up x\n', code: 0 })
    expect(checkout.calls).toHaveLength(2)
  })

  test('interrupted, leaves no log behind and exits as an interrupted program does', async () => {
    checkout.write('hang', '')
    const temporary = checkout.path('temporary')
    checkout.write('temporary/.keep', '')
    const child = checkout.start([checkout.path('scripts/netlab')], { TMPDIR: temporary })
    while (!existsSync(checkout.path('node_modules/esbuild'))) await sleep(10)
    expect(readdirSync(temporary)).toHaveLength(2)
    const ended = new Promise(resolve => child.on('close', (code, signal) => resolve(signal ?? code)))
    process.kill(-child.pid!, 'SIGINT')
    expect(['SIGINT', 130]).toContain(await ended)
    expect(readdirSync(temporary)).toEqual(['.keep'])
  })
})

describe('once it is set up', () => {
  beforeEach(async () => {
    expect((await checkout.run()).code).toBe(0)
  })

  test('does nothing and says nothing', async () => {
    expect(await checkout.run()).toEqual({ stdout: 'ran up x\n', stderr: '', code: 0 })
    expect(checkout.calls).toHaveLength(1)
  })

  test('builds again after an edit, without npm', async () => {
    checkout.write('src/netlab.ts', "process.stdout.write('edited\\n')\n")
    const { stdout, stderr } = await checkout.run()
    expect({ stdout, stderr }).toEqual({
      stdout: 'edited\n',
      stderr: expect.stringMatching(/^netlab: building \.\.\. \d+ s\n$/),
    })
    expect(checkout.calls).toHaveLength(1)
  })

  test('installs again after package-lock.json changed', async () => {
    checkout.write('package-lock.json', '{"changed": true}')
    expect(await checkout.run()).toMatchObject({ stdout: 'ran up x\n', code: 0 })
    expect(checkout.calls).toHaveLength(2)
  })

  test('does not install again after git touched package-lock.json', async () => {
    checkout.write('package-lock.json', '{}')
    expect(await checkout.run()).toMatchObject({ stdout: 'ran up x\n', code: 0 })
    expect(checkout.calls).toHaveLength(1)
  })

  test('a build that fails tells why and leaves the last one whole', async () => {
    checkout.write('src/netlab.ts', 'this is no TypeScript')
    const { stderr, code } = await checkout.run()
    expect({ stderr, code }).toEqual({ stderr: expect.stringContaining('src/netlab.ts:1'), code: 3 })
    expect(await checkout.run([process.execPath, checkout.path('dist/bin.js')])).toMatchObject({
      stdout: 'ran\n',
      code: 0,
    })
  })

  test('a build that was cut off before its last act is done again', async () => {
    utimesSync(checkout.path('dist/.built'), new Date(0), new Date(0))
    expect((await checkout.run()).stderr).toContain('building')
    expect((await checkout.run()).stderr).toBe('')
  })
})

describe('with another Node', () => {
  test.each(['v18.20.4', 'v20.18.3'])('%s is refused with what to do', async version => {
    checkout.program('node', `echo ${version}`)
    expect(await checkout.run()).toEqual({
      stdout: '',
      stderr: expect.stringMatching(`Node 20.19 or newer is needed; .*${version}`),
      code: 3,
    })
  })

  test('no Node at all is told', async () => {
    checkout.program('node', 'exit 127')
    expect(await checkout.run()).toMatchObject({ stderr: expect.stringContaining('nodejs.org'), code: 3 })
  })
})

describe("in somebody else's checkout", () => {
  // Root may write everywhere; as nobody it may not.
  const asVisitor =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []

  /** Takes the right to write from everybody, as for a visitor. */
  const close = () => checkout.run(['chmod', '-R', 'a-w', checkout.folder])
  const open = () => checkout.run(['chmod', '-R', 'u+w', checkout.folder])

  afterEach(open)

  test('one that is ready is used as it is', async () => {
    await checkout.run()
    await close()
    expect(await checkout.run([...asVisitor, checkout.path('scripts/netlab'), 'up', 'x'])).toEqual({
      stdout: 'ran up x\n',
      stderr: '',
      code: 0,
    })
  })

  test('one that is not is refused, with whom to ask', async () => {
    await close()
    const { stderr, code } = await checkout.run([...asVisitor, checkout.path('scripts/netlab')])
    expect(stderr).toMatch(/belongs to .*, you may not write there, and its npm packages are missing/)
    expect(stderr).toContain('clone your own copy')
    expect(code).toBe(3)
  })
})

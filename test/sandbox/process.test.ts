import { afterEach, describe, expect, it } from 'vitest'
import { processId } from '../../src/sandbox/proc.ts'
import { EndlessError, runAnyway } from '../../src/sandbox/process.ts'

const node = (script: string) => [process.execPath, '-e', script]

/** What a test's command has left running; its ids are ended afterwards. */
const left: number[] = []
afterEach(() => {
  for (const pid of left.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended with its command.
    }
  }
})

describe('output', () => {
  it('of a program left behind that never stops printing is not waited for', async () => {
    const { exitCode, stderr } = await runAnyway(['sh', '-c', 'yes & echo $! >&2'], { tooMuch: 'abridge' })
    left.push(Number(stderr))
    expect(exitCode).toBe(0)
  })

  it('of hundreds of megabytes is abridged: the beginning, the end, and how much was left out', async () => {
    const script = 'echo first; head -c 300000000 /dev/zero; echo; echo last'
    const { stdout, cut, exitCode } = await runAnyway(['sh', '-c', script], { tooMuch: 'abridge' })
    expect({ cut, exitCode }).toEqual({ cut: true, exitCode: 0 })
    expect(stdout.length).toBeLessThan(1_100_000)
    expect(stdout).toMatch(/^first\n[\s\S]*\n… 298,951,\d{3} bytes are left out here …\n[\s\S]*\nlast\n$/)
  })

  it('that must be whole is an error where it is not', async () => {
    const error = await runAnyway(['yes'], { why: 'reading all' }).catch(error => error)
    expect(error).toBeInstanceOf(EndlessError)
    expect(error).toMatchObject({ message: 'the command printed more than 64 MiB: yes', why: 'reading all' })
  })

  it('of which the beginning is enough is no longer waited for', async () => {
    const { stdout, cut } = await runAnyway(['yes'], { tooMuch: 'stop', limit: 1000 })
    expect({ cut, stdout }).toEqual({ cut: true, stdout: 'y\n'.repeat(500) })
  })

  it('to stderr without end does not fill the memory, and the command is not held up', async () => {
    const { stdout, stderr } = await runAnyway(['sh', '-c', 'head -c 100000000 /dev/zero >&2; echo done'])
    expect(stdout).toBe('done\n')
    expect(stderr.length).toBeLessThan(1_100_000)
  })
})

describe('a command that does not end', () => {
  it('is ended when its time is over, with all that it has started', async () => {
    const script = 'trap "" TERM INT; sleep 1000 & echo $! >&2; while :; do sleep 1000; done'
    const error = await runAnyway(['sh', '-c', script], { deadline: 300, why: 'trying it' }).catch(e => e)
    expect(error).toBeInstanceOf(EndlessError)
    expect(error.message).toMatch(/^the command did not end within \d+ s: sh -c /)
    expect(error.why).toBe('trying it')
    left.push(Number(error.details))
    await expect.poll(() => processId(Number(error.details))).toBeUndefined()
  })

  it('ends at once at an abort, although it ignores signals, and tells the reason of it', async () => {
    const controller = new AbortController()
    const heard = () => controller.abort(new Error('Ctrl-C'))
    const script = 'trap "" TERM INT HUP; echo ready >&2; while :; do sleep 1000; done'
    await expect(runAnyway(['sh', '-c', script], { signal: controller.signal, heard })).rejects.toThrow(
      'Ctrl-C',
    )
  })

  it('is not begun after an abort', async () => {
    const signal = AbortSignal.abort(new Error('Ctrl-C'))
    await expect(runAnyway(['true'], { signal })).rejects.toThrow('Ctrl-C')
  })
})

describe('a command has', () => {
  it('a session of its own, and with it no terminal', async () => {
    const { stdout } = await runAnyway(['sh', '-c', 'echo $$; cut -d" " -f6 /proc/$$/stat'])
    const [pid, session] = stdout.trim().split('\n')
    expect(session).toBe(pid)
  })

  it('nothing but the environment that it is given, where that is wanted', async () => {
    const env = { PATH: '/usr/bin:/bin', ONLY: 'this' }
    const { stdout } = await runAnyway(node('console.log(JSON.stringify(process.env))'), {
      env,
      onlyEnv: true,
    })
    expect(JSON.parse(stdout)).toEqual(env)
  })

  it.runIf(process.getuid?.() === 0)('the user that it is given, and no other group', async () => {
    const { stdout } = await runAnyway(['sh', '-c', 'id -u; id -g; id -G'], {
      identity: { uid: 65534, gid: 65534 },
    })
    expect(stdout).toBe('65534\n65534\n65534\n')
  })
})

it('a program that is not there is named', async () => {
  await expect(runAnyway(['no-such-program'], { why: 'trying it' })).rejects.toMatchObject({
    message: 'no-such-program could not be started',
    why: 'trying it',
    exitCode: 3,
  })
})

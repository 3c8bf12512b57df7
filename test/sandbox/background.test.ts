import { describe, expect, it } from 'vitest'
import { runAnyway } from '../../src/sandbox/process.ts'

describe('a command that leaves a program in the background', () => {
  it('ends when it ends, although the program holds its output open', async () => {
    const script = 'echo out; echo err >&2; sleep 30 & echo $! ; exit 3'
    const { stdout, stderr, exitCode, ms } = await runAnyway(['sh', '-c', script])
    const [said, pid] = stdout.trim().split('\n')
    process.kill(Number(pid))
    expect({ said, stderr, exitCode }).toEqual({ said: 'out', stderr: 'err\n', exitCode: 3 })
    expect(ms).toBeLessThan(20_000)
  })

  it('is told with what the program says at once', async () => {
    const { stdout } = await runAnyway(['sh', '-c', 'echo first; { sleep 0.05; echo second; } & exit 0'])
    expect(stdout).toBe('first\nsecond\n')
  })
})

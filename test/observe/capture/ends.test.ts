import { beforeEach, expect, test, vi } from 'vitest'
import { capture } from '../../../src/observe/capture/capture.ts'
import { decode } from '../../../src/observe/capture/decode.ts'
import type { ObservedLab } from '../../../src/observe/tool.ts'
import { processId } from '../../../src/sandbox/proc.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { startProgram } from '../../../src/sandbox/started-program.ts'

const enter = vi.hoisted(() => ({ startProgramAt: vi.fn(), runAtAnyway: vi.fn() }))
vi.mock('../../../src/sandbox/enter.ts', () => enter)

const sandbox = { init: processId(process.pid)! } as Sandbox

/** What is started in the lab from now on is this script. */
function startsInstead(script: string): void {
  enter.startProgramAt.mockImplementation(() =>
    startProgram(['sh', '-c', script], { PATH: '/usr/bin:/bin' }, undefined),
  )
}

beforeEach(() => enter.startProgramAt.mockReset())

test('where packets cannot be read any more tcpdump is not waited for, and why is told', async () => {
  startsInstead('cat > /dev/null')
  async function* broken(): AsyncGenerator<readonly Buffer[]> {
    yield []
    throw new Error('is no capture')
  }
  const lines = decode(sandbox, broken())
  await expect(lines.next()).rejects.toThrow('is no capture')
})

test('an abort while a capture is being started ends it', async () => {
  startsInstead(`
    echo '{"kind": "listening", "links": ["a:eth0"], "leftOut": [], "gone": []}' >&2
    cat > /dev/null
    echo '{"kind": "ended", "captured": 0, "dropped": 0}' >&2`)
  const controller = new AbortController()
  const starting = capture({ sandbox, signal: controller.signal } as ObservedLab, { sources: [] })
  controller.abort()
  const { blocks, outcome } = await starting
  for await (const some of blocks) expect(some).toEqual([])
  expect(await outcome()).toEqual({ dropped: 0, isDown: false })
})

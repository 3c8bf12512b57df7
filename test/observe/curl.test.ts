import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ask, askMany } from '../../src/observe/curl.ts'
import { askInTurn, tally } from '../../src/observe/tally.ts'
import type { ObservedLab } from '../../src/observe/tool.ts'
import { processId } from '../../src/sandbox/proc.ts'
import type { Finished } from '../../src/sandbox/process.ts'

const enter = vi.hoisted(() => ({ runAtAnyway: vi.fn() }))
vi.mock('../../src/sandbox/enter.ts', () => enter)
beforeEach(() => void enter.runAtAnyway.mockReset())

const init = processId(process.pid)!
const alive = { holder: init, init, cgroups: [] }
const gone = { holder: init, init: { pid: init.pid, startTime: '1' }, cgroups: [] }

/** What curl ends with. */
function curlEnds(ended: Partial<Finished>) {
  enter.runAtAnyway.mockResolvedValue({ stdout: '', stderr: '', exitCode: 0, cut: false, ms: 1, ...ended })
}

const line = '200 0 0.001 10.0.0.1:40000 <a> \n'
const fiveRequests = (sandbox = alive) =>
  askMany(sandbox, '10.96.0.1', 'host', { requests: 5, timeout: 1, atOnce: 5 })

describe('a sample', () => {
  it('is as many answers as were asked for', async () => {
    curlEnds({ stdout: line.repeat(5) })
    expect((await fiveRequests()).map(({ pod }) => pod)).toEqual(['a', 'a', 'a', 'a', 'a'])
  })

  it.each([
    ['empty', { stderr: 'curl: option --parallel: is unknown\n', exitCode: 2 }, 0],
    ['short', { stdout: line.repeat(3), exitCode: 137 }, 3],
    ['cut within a line', { stdout: line.repeat(4) + line.slice(0, -5) }, 4],
    ['too long, so that not all of it is curl', { stdout: line.repeat(6) }, 6],
    ['of a curl before 7.75', { stdout: '200 %{exitcode} 0.001 10.0.0.1:40000 <a> \n'.repeat(5) }, 0],
  ])('that is %s is an error that says what is missing', async (_, ended, told) => {
    curlEnds(ended)
    await expect(fiveRequests()).rejects.toMatchObject({
      message: `curl ended with exit code ${(ended as Partial<Finished>).exitCode ?? 0} and told what came of only ${told} of 5 requests`,
      why: 'sampling 10.96.0.1 from host',
      details: expect.stringContaining('stderr' in ended ? 'option --parallel: is unknown' : 'its last line'),
      fix: expect.stringContaining('curl 7.75 or newer'),
    })
  })

  it('of a lab that went away is told as that', async () => {
    curlEnds({ exitCode: 1, stderr: 'nsenter: cannot open /proc/12/ns/user: No such file or directory\n' })
    await expect(fiveRequests(gone)).rejects.toMatchObject({
      message: 'the lab went away meanwhile',
      exitCode: 1,
    })
  })
})

describe('latency', () => {
  const context = { sandbox: alive } as unknown as ObservedLab
  const told = (seconds: number, status = 200, code = 0) =>
    `${status} ${code} ${seconds} 10.0.0.1:40000 <a> \n`
  const none = { refused: 0, unreachable: 0, timeout: 0, other: 0 }

  it('is that of requests which are sent one after the other', async () => {
    curlEnds({ stdout: told(0.003) + told(0.001) + told(0.002) })
    expect(await askInTurn(context, '10.96.0.1', 'host', 3)).toEqual({ latencies: [1, 2, 3], failures: none })
    const [, argv] = enter.runAtAnyway.mock.calls[0]!
    expect(argv).not.toContain('--parallel')
  })

  it('is looked for until a request fails, and that one is told', async () => {
    curlEnds({ stdout: told(0.003) + told(1.6, 0, 28), exitCode: 28 })
    expect(await askInTurn(context, '10.96.0.1', 'host', 50)).toEqual({
      latencies: [3],
      failures: { ...none, timeout: 1 },
    })
    const [, argv] = enter.runAtAnyway.mock.calls[0]!
    expect(argv).toContain('--fail-early')
  })

  it('of fewer requests than were asked for, none of which failed, is an error', async () => {
    curlEnds({ stdout: told(0.003) + told(0.001) })
    await expect(askInTurn(context, '10.96.0.1', 'host', 3)).rejects.toThrow('only 2 of 3 requests')
  })
})

describe('a request that failed, nobody knows why', () => {
  it('is tried alone, and told as not answered after three tries in vain', async () => {
    const result = (stdout: string) => ({ stdout, stderr: '', exitCode: 7, cut: false, ms: 1 })
    const parallel = result('000 7 3.1 10.0.0.1:40000 <> could not connect\n')
    const alone = result('\n000 28 1.6 10.0.0.1:40000 <> timed out')
    enter.runAtAnyway.mockResolvedValueOnce(parallel).mockResolvedValue(alone)
    const context = { sandbox: alive, running: { lab: { nodes: [], pods: [] } } } as unknown as ObservedLab
    const { failures } = await tally(context, '10.96.0.1', 'host', 1)
    expect(failures).toEqual({ refused: 0, unreachable: 0, timeout: 1, other: 0 })
    expect(enter.runAtAnyway).toHaveBeenCalledTimes(4)
  })
})

describe('one request', () => {
  const one = (sandbox = alive) => ask(sandbox, '10.96.0.1', 'host', 1)

  it('of which curl tells nothing is no answer', async () => {
    curlEnds({ exitCode: 137 })
    await expect(one()).rejects.toThrow(
      'curl ended with exit code 137 and told nothing that netlab understands',
    )
    await expect(one(gone)).rejects.toThrow('the lab went away meanwhile')
  })

  it('with an answer without end is not finished, whatever its status was', async () => {
    curlEnds({
      stdout: 'y\n'.repeat(100),
      stderr: '* Connected\n< HTTP/1.1 200 OK\n',
      exitCode: 137,
      cut: true,
    })
    expect(await one()).toMatchObject({
      status: 200,
      unfinished: true,
      failure: 'other',
      message: 'an answer with status 200 began and did not end',
    })
  })

  it('with an answer that is still coming when the time is over was not left without one', async () => {
    curlEnds({ stdout: 'slow\n200 28 1.0 10.0.0.1:40000 <> Operation timed out', exitCode: 28 })
    expect(await one()).toMatchObject({ unfinished: true, failure: 'other', status: 200, body: 'slow' })
    curlEnds({ stdout: '\n000 28 1.0 :-1 <> Connection timed out', exitCode: 28 })
    expect(await one()).toMatchObject({ failure: 'timeout', status: 0 })
  })
})

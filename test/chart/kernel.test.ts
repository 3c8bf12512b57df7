import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { cellsOf, labText, lastAddress, wayOf } from '../../src/chart/cells.ts'
import { loadAll } from '../../src/chart/load.ts'
import { chartModes } from '../../src/chart/modes.ts'
import type { LatencyChart } from '../../src/chart/report.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { labOfDocuments } from '../../src/read/load-lab.ts'
import { sandboxExecutor } from '../../src/run/carry-out.ts'
import { runSteps } from '../../src/run/run-steps.ts'
import { measureConnects } from '../../src/sandbox/measure-order.ts'
import { isThere } from '../../src/sandbox/programs.ts'
import { readDocuments } from '../../src/text/document.ts'
import { openSession, Printed, type Session, users } from '../labs/cli.ts'
import { differences } from '../labs/differences.ts'
import { openEmptySandbox } from '../labs/empty-sandbox.ts'
import { comparable, machineState } from '../labs/machine-state.ts'
import { processesOf } from '../labs/processes.ts'

const left = (session: Session) => ({
  files: session.leftFiles(),
  processes: processesOf(session.stateDir),
})
const nothing = { files: [], processes: [] }

describe.each(users)('netlab chart latency as %s', user => {
  it('measures every mode that is here, through the last service and back, and leaves nothing', async () => {
    const before = await machineState()
    const session = openSession(user)
    const argv = ['chart', 'latency', '--services', '1,10', '--requests', '14', '--format', 'json']
    const { code, stdout, stderr } = await session.netlab(...argv, '--output', 'chart.svg')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('measured 14 of 14 rounds') })
    const chart: LatencyChart = JSON.parse(stdout)
    const told = new Set([...chart.modes, ...chart.leftOut.map(({ mode }) => mode)])
    expect([...told].sort()).toEqual(chartModes.map(({ name }) => name).sort())
    expect(chart.modes).toEqual(expect.arrayContaining(['direct', 'iptables-nft']))
    // 14 rounds of one connection and 20 before it, and ab's hundred.
    const opened = 14 * (1 + 20 + (isThere('ab') ? 100 : 0))
    expect(chart.points.map(({ mode, services }) => `${mode} ${services}`)).toEqual(
      [1, 10].flatMap(count => chart.modes.map(mode => `${mode} ${count}`)),
    )
    for (const point of chart.points) {
      expect(point).toMatchObject({ opened, accepted: opened })
      expect(point.counted).toBe(point.mode.startsWith('iptables') ? opened : undefined)
      expect(point.connect.median.value).toBeGreaterThan(0)
      const { times, ms = 0 } = point.load ?? {}
      expect(times).toBe(point.load && (ms < 1000 ? 3 : 1))
    }
    // Linux 6.4 and newer tell it.
    const [one, ten] = chart.points.flatMap(({ mode, load }) => (mode === 'ebpf' ? [load?.memory] : []))
    if (one !== undefined) expect(ten).toBe(10 * one)
    const ebpf = chart.leftOut.find(({ mode }) => mode === 'ebpf')
    if (user === 'an ordinary user')
      expect(ebpf?.why).toBe(
        'it needs a program in the kernel, and only root may load one; run netlab as root, with sudo; all else is then as it is for everybody',
      )
    expect(chart.growth.map(({ mode }) => mode)).toEqual(chart.modes)
    expect(readFileSync(join(session.folder, 'chart.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    expect(left(session)).toEqual(nothing)
    expect(differences(comparable(await machineState(), before), before)).toEqual([])
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing after %s', async signal => {
    const session = openSession(user)
    const netlab = session.start(['chart', 'latency', '--services', '1', '--requests', '6000'])
    await new Printed(netlab).shows('measured 5 of 20 rounds')
    netlab.kill(signal)
    expect(await netlab).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('interrupted') })
    expect(left(session)).toEqual(nothing)
  })
})

test.each([
  ['ebpf', 'only root'],
  ['ipvs', 'ipvs: '],
])('of %s alone an ordinary user is told that there is nothing to measure, and why', async (mode, why) => {
  const session = openSession(users.at(-1))
  const ended = await session.netlab('chart', 'latency', '--services', '1', '--modes', mode, '--quiet')
  expect(ended).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining(why) })
  expect(ended.stderr).toContain('there is nothing to measure')
  expect(left(session)).toEqual(nothing)
})

test('a file of another kind than it draws is refused before anything starts', async () => {
  const ended = await openSession().netlab('chart', 'latency', '--output', 'chart.png')
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('.svg, .json, .csv or .txt') })
})

test.each([
  ['--modes', 'foo', '"foo" is no mode. The modes are direct, iptables-nft, '],
  ['--modes', 'direct,direct,', 'There is a comma with no mode beside it. The modes are direct, '],
  [
    '--services',
    '1,x',
    '"x" is no whole number from 1 to 65000. Write such numbers with commas between them',
  ],
  ['--services', '1,,10', 'There is a comma with no whole number from 1 to 65000 beside it.'],
])('%s %s is refused with the wrong word, and what to write', async (option, value, words) => {
  const ended = await openSession().netlab('chart', 'latency', option, value)
  expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(option) })
  expect(ended.stderr.replace(/\s+/g, ' ')).toContain(words)
})

test('a connection that nobody answers ends the measurement, with who asked for what', async () => {
  const { sandbox, cells, options } = await nodesOf(['direct'])
  const order = { ...plan, ways: [{ ...wayOf(cells[0]!), port: 9 }] }
  await expect(measureConnects(sandbox.opened, order, options)).rejects.toMatchObject({
    details: expect.stringContaining('client-direct-10 could not connect to 10.244.1.3:9: ECONNREFUSED'),
  })
})

test('in nftables mode every connection meets the chain of the last service', async () => {
  const { sandbox, lab, cells, options } = await nodesOf(['nftables'])
  const [cell] = cells
  await loadAll({ sandbox: sandbox.opened, lab }, cells, options)
  const run = (command: string) => sandbox.run(['ip', 'netns', 'exec', cell!.node, 'sh', '-ec', command])
  const map = await run('nft list map ip kube-proxy service-ips')
  const chain = new RegExp(
    `${lastAddress(cell!).replaceAll('.', '\\.')} \\. tcp \\. 80 : goto ([^ ,]+)`,
  ).exec(map)?.[1]
  await run(`nft insert rule ip kube-proxy '${chain}' counter`)
  const [told] = await measureConnects(sandbox.opened, { ...plan, ways: [wayOf(cell!)] }, options)
  expect(told).toMatchObject({ opened: 36, accepted: 36 })
  expect(await run(`nft list chain ip kube-proxy '${chain}'`)).toContain('counter packets 36 ')
})

test('a mode that the kernel refuses is left out, with its own words', async () => {
  const { sandbox, lab, cells, options } = await nodesOf(['direct', 'iptables-nft'])
  const trial = ['sh', '-c', 'echo not here >&2; exit 1']
  const refused = cells.map(cell => ({
    ...cell,
    mode: cell.mode.load === undefined ? cell.mode : { ...cell.mode, trial, because: 'it is a test' },
  }))
  const { cells: loaded, leftOut } = await loadAll({ sandbox: sandbox.opened, lab }, refused, options)
  expect(loaded.map(({ cell }) => cell.mode.name)).toEqual(['direct'])
  expect(leftOut).toEqual([
    { mode: 'iptables-nft', why: 'it is a test (sh -c echo not here >&2; exit 1 failed: not here)' },
  ])
})

const plan = { rounds: 3, connects: 10, warmUp: 2, abRequests: 0, timeout: 10 }

/** The nodes of a chart with ten services, in a sandbox of the test's own. */
async function nodesOf(names: readonly string[]) {
  const modes = chartModes.filter(({ name }) => names.includes(name))
  const cells = cellsOf(modes, [10])
  const text = labText('chart', cells)
  const running = labAsBuilt(labOfDocuments(readDocuments(text, 'chart'), text, 'chart'))
  const sandbox = await openEmptySandbox('chart')
  const executor = sandboxExecutor({ sandbox: sandbox.opened, running }, 'batched')
  const results = await runSteps({ executor, tell: () => {} }, running.plan.steps)
  expect(results.filter(({ ok }) => !ok)).toEqual([])
  const options = { signal: new AbortController().signal, tell: () => {}, done: () => {} }
  return { sandbox, lab: running.lab, cells, options }
}

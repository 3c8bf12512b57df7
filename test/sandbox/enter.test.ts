import { expect, it } from 'vitest'
import { runAtAnyway } from '../../src/sandbox/enter.ts'
import { processId } from '../../src/sandbox/proc.ts'
import { enterArgv } from '../../src/sandbox/sandbox.ts'

const own = processId(process.pid)!
const later = { ...own, startTime: '1' }

it.each([
  ['process 1', { holder: own, init: later, cgroups: [] }],
  ['the holder', { holder: later, init: own, cgroups: [] }],
])('nobody is entered by a number that %s had', async (_, sandbox) => {
  expect(enterArgv(sandbox, ['id'])).not.toContain('nsenter')
  expect(await runAtAnyway(sandbox, ['id'])).toMatchObject({
    ...{ exitCode: 1, stdout: '', stderr: 'the lab has ended\n' },
  })
})

it('who lives is entered by way of the holder, with all namespaces of process 1', () => {
  expect(enterArgv({ holder: own, init: own, cgroups: [] }, ['id'], 'a')).toEqual([
    ...['nsenter', '--target', `${own.pid}`, '--user', '--preserve-credentials', '--'],
    ...['nsenter', '--target', `${own.pid}`, '--user', '--mount', '--net', '--pid', '--uts', '--ipc'],
    ...['--preserve-credentials', '--', 'ip', 'netns', 'exec', 'a', 'id'],
  ])
})

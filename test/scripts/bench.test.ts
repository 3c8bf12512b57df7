import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'

const bench = fileURLToPath(new URL('../../scripts/bench', import.meta.url))

test('the bench measures one case and prints it as JSON', async () => {
  const { stdout } = await execa(bench, ['--quick', 'two-pods', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    machine: { quick: true, cores: expect.any(Number) },
    rows: [{ case: 'two-pods', value: expect.any(Number), unit: '×', bound: 1 }],
  })
})

test('the bench names its cases when it is asked for another one', async () => {
  const { exitCode, stderr } = await execa(bench, ['no-such-case'], { reject: false })
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/no case no-such-case\n[\s\S]*hundred-pods/)
})

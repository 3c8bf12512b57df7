import { expect, test } from 'vitest'
import { openSession } from '../../labs/cli.ts'
import { page } from '../markdown.ts'

const { text } = page('README.md')

/** The lines that a block shows below a command. */
function shown(command: string): string[] {
  const [, block = ''] = new RegExp(`^    \\$ ${command}\\n((?:    (?!\\$).*\\n)+)`, 'm').exec(text) ?? []
  return block.split('\n').flatMap(line => (line.trim() === '' || line.includes('…') ? [] : [line.slice(4)]))
}

test('what README shows of clusterip is what netlab prints', async () => {
  const session = openSession()
  expect(await session.netlab('up', 'clusterip', '--quiet')).toMatchObject({ code: 0, stderr: '' })
  await session.netlab('exec', '--', 'ip', '-n', 'netns_011', 'link', 'set', 'eth0', 'down')
  const cause = shown('netlab verify')
  expect(cause.length).toBeGreaterThan(2)
  const { stdout } = await session.netlabWith(
    { env: { COLUMNS: '80' } },
    ...['verify', '-n', '20', '--from', 'host'],
  )
  expect(stdout).toContain(`${cause.join('\n')}\n`)
  const [last = ''] = shown('netlab down')
  expect((await session.netlab('down')).stdout).toBe(`${last}\n`)
})

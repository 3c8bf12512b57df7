import { expect, test } from 'vitest'
import { openSession } from '../labs/cli.ts'
import { fenced, page } from './markdown.ts'

// The pieces of docs/writing-a-lab.md, put together as its reader does.

const pieces = fenced(page('docs/writing-a-lab.md'), 'yaml')
const manifest = pieces.find(piece => piece.startsWith('apiVersion:')) ?? ''
const lab = pieces.filter(piece => piece !== manifest).join('\n')

test('the lab that the text writes comes up, is well, and goes', async () => {
  const session = openSession()
  session.file('web.service.yaml', manifest)
  session.file('slipped.yaml', lab)
  const up = await session.netlab('up', 'slipped.yaml')
  expect(up.stderr).toContain('ok  9/9 Both are ready again')
  expect(up.code).toBe(0)
  expect((await session.netlab('verify', '--quiet', '--requests', '60')).stdout).toBe('')
  expect((await session.netlab('down')).stdout).toContain('nothing is left')
})

test('its mending step fails when it mends nothing, as the text says', async () => {
  const mending = /^ {4}run:\n {6}- run: .*\n {8}undo: .*\n/m
  expect(lab).toMatch(mending)
  const session = openSession()
  session.file('web.service.yaml', manifest)
  session.file('slipped.yaml', lab.replace(mending, ''))
  const up = await session.netlab('up', 'slipped.yaml')
  expect(up.stderr).toContain('step 7 of 9 failed: Show iptables what crosses the bridge')
  expect(up.stderr).toContain('net.bridge.bridge-nf-call-iptables is 0: the answer of web-')
  expect(up.code).toBe(1)
})

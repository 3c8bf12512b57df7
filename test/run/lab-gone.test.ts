import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { closeSandbox } from '../../src/sandbox/close.ts'
import { runAt } from '../../src/sandbox/enter.ts'
import { openEmptySandbox } from '../labs/empty-sandbox.ts'

const gone = { message: 'the lab went away meanwhile' }

it('a command that ends with its lab is told as the end of the lab, and not as its own', async () => {
  const { opened, run } = await openEmptySandbox()
  const waiting = runAt(opened, ['sh', '-c', 'echo yes > /run/started; exec sleep 600'])
  const told = expect(waiting).rejects.toMatchObject(gone)
  while ((await run(['sh', '-c', 'cat /run/started || true'])) !== 'yes\n') await sleep(20)
  await closeSandbox(opened.holder, opened)
  await told
  await expect(runAt(opened, ['true'])).rejects.toMatchObject(gone)
})

it('a command that somebody kills in a lab that goes on is told as killed', async () => {
  const { opened } = await openEmptySandbox()
  await expect(runAt(opened, ['sh', '-c', 'kill -9 $$'])).rejects.toMatchObject({ commandExitCode: 137 })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { NetlabError } from '../errors.ts'
import { type Sandbox, sandboxLives } from './sandbox.ts'

/** Exit code of what SIGKILL ended, as everything in a lab that ends. */
export const killed = 137
/** Milliseconds within which process 1 has ended after the processes that the kernel ends with it. */
const lastBreath = 2000

/** Throws NetlabError where a lab has ended: what was seen of it since then says nothing. */
export function mustLive(sandbox: Sandbox, why: string | undefined): void {
  if (sandboxLives(sandbox)) return
  throw new NetlabError({
    what: 'the lab went away meanwhile',
    ...(why === undefined ? {} : { why }),
    fix: 'somebody took it down, or its first process was killed: netlab list says what runs, netlab up brings it up again',
  })
}

/** The same after a program in it was ended by somebody: where that was the lab's end, process 1 is the last to go. */
export async function mustStillLive(sandbox: Sandbox, why: string | undefined): Promise<void> {
  await stillLives(sandbox)
  mustLive(sandbox, why)
}

/** Whether a lab lives on after a program in it was ended. */
export async function stillLives(sandbox: Sandbox): Promise<boolean> {
  const giveUp = performance.now() + lastBreath
  while (sandboxLives(sandbox) && performance.now() < giveUp) await sleep(10)
  return sandboxLives(sandbox)
}

import { join } from 'node:path'
import { StartedSandbox } from '../sandbox/start.ts'
import { makeClaim, removeFolder, stateRoot } from '../sandbox/state-folder.ts'

/** The name of a sandbox's log in the folder of its lab. */
export const sandboxLog = 'sandbox.log'

/** The start of a lab that has no name yet: its sandbox opens while its file is still being read. */
export class LabStart {
  /** The folder that becomes the lab's own. */
  readonly claim: string
  readonly sandbox: StartedSandbox

  constructor() {
    this.claim = makeClaim(stateRoot())
    try {
      this.sandbox = new StartedSandbox(join(this.claim, sandboxLog), true)
    } catch (error) {
      removeFolder(this.claim)
      throw error
    }
  }

  /** Leaves nothing of it, unless it has become a lab. */
  async giveUp(): Promise<void> {
    await this.sandbox.giveUp()
    removeFolder(this.claim)
  }
}

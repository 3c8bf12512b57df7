import { join } from 'node:path'
import type { Limits } from '../model/lab.ts'
import { type LabCgroup, makeCgroup, removeCgroup } from '../sandbox/cgroup.ts'
import { StartedSandbox } from '../sandbox/start.ts'
import { makeStartFolder, removeFolder, stateRoot, writeWhole } from '../sandbox/state-folder.ts'

/** The name of a sandbox's log in the folder of its lab. */
export const sandboxLog = 'sandbox.log'

/** The name of the file in a lab's folder that lists its cgroups. */
export const cgroupsFile = 'cgroups.json'

/** The start of a lab that has no name yet: its sandbox opens while its file is still being read. */
export class LabStart {
  /** The folder that becomes the lab's own. */
  readonly folder: string
  sandbox: StartedSandbox

  constructor() {
    this.folder = makeStartFolder(stateRoot())
    let cgroup: LabCgroup | undefined
    try {
      // Noted before they are made: whoever finds the folder of a netlab that was killed removes them.
      cgroup = makeCgroup(folders =>
        writeWhole(join(this.folder, cgroupsFile), `${JSON.stringify(folders)}\n`),
      )
      this.sandbox = new StartedSandbox(join(this.folder, sandboxLog), cgroup)
    } catch (error) {
      removeCgroup(cgroup?.folders ?? []).catch(() => {})
      removeFolder(this.folder)
      throw error
    }
  }

  /** To be called before it becomes a lab that has limits of its own. */
  async limit(limits: Limits): Promise<void> {
    this.sandbox = await this.sandbox.limited(limits)
  }

  /** To be called before it becomes a lab that runs in a virtual machine. */
  async forVm(): Promise<void> {
    this.sandbox = await this.sandbox.forVm()
  }

  /** Leaves nothing of it, unless it has become a lab. */
  async giveUp(): Promise<void> {
    await this.sandbox.giveUp()
    removeFolder(this.folder)
  }
}

import { LabStart } from '../run/lab-start.ts'
import { abortOnSignals, type Interrupt } from './interrupt.ts'

/** A lab's start that is under way, and what breaks it off. */
export interface LabUnderWay {
  interrupt: Interrupt
  /** Rejects where this machine forbids it; to be awaited after what is wrong with the lab has been told. */
  start: Promise<LabStart>
}

/** What `up` and `walk` begin before their own code and the lab are read, which takes longer than opening a sandbox. */
export class EarlyStart {
  #begun: LabUnderWay | undefined

  /** Begins, unless that has been done. */
  begin(): LabUnderWay {
    if (this.#begun !== undefined) return this.#begun
    // Up to its end no signal ends this process: it leaves a lab that is up, or nothing.
    const interrupt = abortOnSignals('interrupted; nothing is left')
    const start = (async () => new LabStart())()
    start.catch(() => {})
    this.#begun = { interrupt, start }
    return this.#begun
  }

  /**
   * Leaves where something was begun. Left to end by itself, Node gives signals their own effect back first: one that comes then would
   * end it as if it had left nothing, while the lab is up.
   */
  leave(): void {
    if (this.#begun !== undefined) process.exit()
  }

  /** Ends what has not become a lab. */
  async giveUp(): Promise<void> {
    if (this.#begun === undefined) return
    const begun = await this.#begun.start.catch(() => undefined)
    await begun?.giveUp()
  }
}

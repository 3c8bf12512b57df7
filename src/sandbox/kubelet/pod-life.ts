import type { Joining } from '../../command/command.ts'
import { pauseName } from '../../command/pause.ts'
import type { ContainerState, PodState } from './pod-state.ts'
import { isStartedAgain, nextWait } from './restarts.ts'

/** A container that is to run; the one called `pause` stands for the pod itself. */
export interface ContainerOrder extends Joining {
  pod: string
  name: string
  /** The program and its arguments. */
  argv: readonly string[]
}

/** A process that was started. */
export interface Started {
  /** Process 1 of the container, by its number in the lab; undefined while it is not there yet, or no more. */
  pid: () => number | undefined
  /** Its exit code; of one that a signal ended 128 and the signal's number, as shells tell it. Never rejects. */
  ended: Promise<number>
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

/** A pause process that was started. */
export interface StartedPause extends Started {
  /** Resolves when containers can join it; or when it has ended. */
  holds: Promise<void>
}

/** What starts processes. Both throw where none can be started. */
export interface Starter {
  pause(pod: string): StartedPause
  container(order: ContainerOrder): Started
  /** Whether there is still such a pod: somebody may have taken it away by hand. */
  knows(pod: string): boolean
}

/** How programs are ended: `stop` asks them first. */
export type Ending = 'stop' | 'kill'

/** Milliseconds that a program gets after SIGTERM. Kubernetes gives 30 seconds by default; programs of a lab have nothing to save. */
const grace = 5000

/** The exit code of what could not even be started, as a container runtime tells it. */
const notStarted = 128

/** A container can be started only where pause holds the pod. */
export class PauseHasEnded extends Error {
  constructor() {
    super('its pause process has ended')
  }
}

/** A container over all its starts. */
class Life {
  readonly order: ContainerOrder
  process: Started | undefined
  restarts = -1
  exitCode: number | undefined
  /** Milliseconds that it waited for its last start. */
  waited: number | undefined
  startedAt = 0
  /** When it starts, while it waits. */
  startsAt = 0
  timer: NodeJS.Timeout | undefined

  constructor(order: ContainerOrder) {
    this.order = order
  }

  get state(): ContainerState['state'] {
    if (this.process !== undefined) return 'running'
    return this.timer === undefined ? 'ended' : 'waiting'
  }

  forgetStart(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}

/**
 * What kubelet does for one pod: pause first, then the containers, each started again as the pod's restartPolicy says. Where pause ends,
 * the pod's sandbox is gone, and with it all containers; a new one is made for them (`computePodActions`,
 * pkg/kubelet/kuberuntime/kuberuntime_manager.go).
 */
export class PodLife {
  readonly name: string
  readonly #starter: Starter
  readonly #joining: Joining
  readonly #lives = new Map<string, Life>()
  #pause: StartedPause | undefined
  #pauses = 0
  #pauseWaited: number | undefined
  #pauseTimer: NodeJS.Timeout | undefined
  #over = false

  /** Throws where pause cannot be started. */
  constructor(order: ContainerOrder, starter: Starter) {
    this.name = order.pod
    this.#joining = order
    this.#starter = starter
    this.#startPause()
  }

  get state(): PodState {
    const { processes, restart } = this.#joining
    return {
      ...{ pod: this.name, processes, restart },
      pause: {
        ...pidOf(this.#pause),
        restarts: this.#pauses - 1,
      },
      containers: [...this.#lives.values()].map(life => ({
        ...{ name: life.order.name, state: life.state, restarts: Math.max(0, life.restarts) },
        ...pidOf(life.process),
        ...(life.exitCode === undefined ? {} : { exitCode: life.exitCode }),
        ...(life.timer === undefined ? {} : { startsIn: Math.max(0, life.startsAt - performance.now()) }),
      })),
    }
  }

  /** Starts a container. Rejects where it cannot be started. */
  async add(order: ContainerOrder): Promise<Started> {
    await this.#pause?.holds
    if (this.#pause === undefined) throw new PauseHasEnded()
    const life = new Life(order)
    this.#lives.set(order.name, life)
    return this.#run(life)
  }

  /** Ends the pod with all that runs in it. */
  async end(how: Ending): Promise<void> {
    this.#giveUp()
    const pause = this.#pause
    if (how === 'kill') pause?.kill('SIGKILL')
    await Promise.all([...this.#lives.values()].map(life => endLife(life, how)))
    pause?.kill('SIGKILL')
    await pause?.ended
  }

  /** Ends a container's program, as if it had ended by itself; false: it does not run. */
  async endContainer(name: string, how: Ending): Promise<boolean> {
    const life = this.#lives.get(name)
    if (life?.process === undefined) return false
    await endLife(life, how)
    return true
  }

  #giveUp(): void {
    this.#over = true
    clearTimeout(this.#pauseTimer)
    for (const life of this.#lives.values()) life.forgetStart()
  }

  #startPause(): StartedPause {
    const startedAt = performance.now()
    const pause = this.#starter.pause(this.name)
    this.#pause = pause
    this.#pauses += 1
    void pause.ended.then(() => this.#pauseEnded(performance.now() - startedAt))
    return pause
  }

  #run(life: Life): Started {
    life.forgetStart()
    life.restarts += 1
    life.startedAt = performance.now()
    const started = this.#starter.container(life.order)
    life.process = started
    void started.ended.then(code => this.#containerEnded(life, code))
    return started
  }

  #containerEnded(life: Life, exitCode: number): void {
    life.process = undefined
    life.exitCode = exitCode
    // Where pause has ended, what becomes of the containers is decided for all of them at once.
    if (this.#over || this.#pause === undefined) return
    this.#startLater(life)
    this.#endWithLast()
  }

  #startLater(life: Life): void {
    const { restart } = this.#joining
    if (!isStartedAgain(restart, life.exitCode ?? 0)) return
    const wait = nextWait(life.waited, performance.now() - life.startedAt)
    life.waited = wait
    life.startsAt = performance.now() + wait
    life.timer = setTimeout(() => this.#startAgain(life), wait)
  }

  #startAgain(life: Life): void {
    life.timer = undefined
    if (!this.#starter.knows(this.name)) this.#giveUp()
    // Where pause is ending, what is to become of the containers is decided as soon as it has.
    if (this.#over || this.#pause?.pid() === undefined) return
    try {
      this.#run(life)
    } catch {
      life.exitCode = notStarted
      this.#startLater(life)
    }
  }

  /** A pod of which nothing runs any more, nor will, has no need of a sandbox. */
  #endWithLast(): void {
    if ([...this.#lives.values()].some(({ state }) => state !== 'ended')) return
    this.#giveUp()
    this.#pause?.kill('SIGKILL')
  }

  async #pauseEnded(ran: number): Promise<void> {
    this.#pause = undefined
    if (this.#over) return
    const lives = [...this.#lives.values()]
    for (const life of lives) life.forgetStart()
    await Promise.all(lives.map(life => endLife(life, 'kill')))
    if (this.#over) return
    const again = lives.filter(
      ({ exitCode }) => exitCode === undefined || isStartedAgain(this.#joining.restart, exitCode),
    )
    if (again.length === 0 || !this.#starter.knows(this.name)) return this.#giveUp()
    const wait = nextWait(this.#pauseWaited, ran)
    this.#pauseWaited = wait
    this.#pauseTimer = setTimeout(() => this.#startAllAgain(again), wait)
  }

  async #startAllAgain(lives: readonly Life[]): Promise<void> {
    if (!this.#starter.knows(this.name)) return this.#giveUp()
    try {
      await this.#startPause().holds
    } catch {
      return this.#pauseEnded(0)
    }
    for (const life of lives) this.#startAgain(life)
  }
}

function pidOf(process: Started | undefined): { pid?: number } {
  const pid = process?.pid()
  return pid === undefined ? {} : { pid }
}

/** Resolves when it has ended, and its end is known. */
async function endLife({ process }: Life, how: Ending): Promise<void> {
  if (process === undefined) return
  process.kill(how === 'kill' ? 'SIGKILL' : 'SIGTERM')
  const timer = setTimeout(() => process.kill('SIGKILL'), grace)
  await process.ended
  clearTimeout(timer)
}

/** Whether an order is for the pod itself. */
export function isPause({ name }: Pick<ContainerOrder, 'name'>): boolean {
  return name === pauseName
}

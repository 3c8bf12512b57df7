import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type ContainerOrder,
  PodLife,
  type Started,
  type Starter,
} from '../../../src/sandbox/kubelet/pod-life.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A process that ends when the test says so, or when it is killed; SIGTERM it heeds only where that is said. */
class Pretended implements Started {
  readonly name: string
  readonly ended: Promise<number>
  readonly holds = Promise.resolve()
  readonly signals: string[] = []
  end: (exitCode: number) => void = () => {}
  #pid: number | undefined

  constructor(name: string, pid: number, heedsTerm: boolean) {
    this.name = name
    this.#pid = pid
    this.ended = new Promise(resolve => {
      this.end = code => {
        this.#pid = undefined
        resolve(code)
      }
    })
    this.#heedsTerm = heedsTerm
  }
  readonly #heedsTerm: boolean

  pid() {
    return this.#pid
  }

  /** It is ending, and nobody has heard of that yet. */
  beginToEnd() {
    this.#pid = undefined
  }

  kill(signal: 'SIGTERM' | 'SIGKILL') {
    this.signals.push(signal)
    if (signal === 'SIGKILL') this.end(137)
    else if (this.#heedsTerm) this.end(143)
  }
}

function pretend({ heedsTerm = true } = {}) {
  const started: Pretended[] = []
  const add = (name: string) => {
    const process = new Pretended(name, 100 + started.length, heedsTerm)
    started.push(process)
    return process
  }
  let known = true
  let full = false
  const starter: Starter = {
    pause: () => add('pause'),
    container: ({ name }) => {
      if (full) throw new Error('no more processes')
      return add(name)
    },
    knows: () => known,
  }
  return {
    starter,
    names: () => started.map(({ name }) => name),
    last: (name: string) => started.findLast(process => process.name === name)!,
    forget: () => {
      known = false
    },
    fill: (isFull: boolean) => {
      full = isFull
    },
  }
}

const order = (name: string, rest: Partial<ContainerOrder> = {}): ContainerOrder => ({
  ...{ pod: 'shop', name, argv: [name], processes: 'own', restart: 'Always' },
  ...rest,
})

async function running(rest: Partial<ContainerOrder> = {}, how = {}) {
  const pretended = pretend(how)
  const pod = new PodLife(order('pause', rest), pretended.starter)
  await pod.add(order('web', rest))
  await pod.add(order('side', rest))
  return { pod, ...pretended }
}

/** All that is to happen within these milliseconds. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const stateOf = (pod: PodLife, name: string) => pod.state.containers.find(each => each.name === name)

describe('a container that ends', () => {
  it('is started again at once, then later and later; pause and the others are not touched', async () => {
    const { pod, names, last } = await running()
    expect(names()).toEqual(['pause', 'web', 'side'])
    last('web').end(1)
    await pass(0)
    expect(names()).toEqual(['pause', 'web', 'side', 'web'])
    expect(stateOf(pod, 'web')).toEqual({ name: 'web', state: 'running', restarts: 1, pid: 103, exitCode: 1 })
    last('web').end(2)
    await pass(0)
    expect(stateOf(pod, 'web')).toEqual({
      ...{ name: 'web', state: 'waiting', restarts: 1, exitCode: 2, startsIn: 1000 },
    })
    await pass(999)
    expect(names()).toHaveLength(4)
    await pass(1)
    expect(names()).toHaveLength(5)
    expect(pod.state.pause).toEqual({ pid: 100, restarts: 0 })
    expect(stateOf(pod, 'side')).toEqual({ name: 'side', state: 'running', restarts: 0, pid: 102 })
  })

  it('stays so where the policy says so, and pause ends with the last of them', async () => {
    const { pod, names, last } = await running({ restart: 'OnFailure' })
    last('web').end(0)
    await pass(60_000)
    expect(stateOf(pod, 'web')).toEqual({ name: 'web', state: 'ended', restarts: 0, exitCode: 0 })
    expect(last('pause').signals).toEqual([])
    last('side').end(0)
    await pass(60_000)
    expect(last('pause').signals).toEqual(['SIGKILL'])
    expect(names()).toHaveLength(3)
  })

  it('that cannot be started is tried again, later and later', async () => {
    const { pod, names, last, fill } = await running()
    fill(true)
    last('web').end(1)
    await pass(0)
    expect(stateOf(pod, 'web')).toMatchObject({ state: 'waiting', exitCode: 128, startsIn: 1000 })
    fill(false)
    await pass(1000)
    expect(names()).toHaveLength(4)
  })

  it('is left where somebody has taken the pod away by hand', async () => {
    const { names, last, forget } = await running()
    forget()
    last('web').end(1)
    await pass(60_000)
    expect(names()).toHaveLength(3)
  })
})

describe('where pause ends', () => {
  it('the containers are killed, and all of them come back around a new one', async () => {
    const { pod, names, last } = await running()
    const [web, side] = [last('web'), last('side')]
    last('pause').end(137)
    await pass(0)
    expect([web.signals, side.signals]).toEqual([['SIGKILL'], ['SIGKILL']])
    expect(names()).toEqual(['pause', 'web', 'side', 'pause', 'web', 'side'])
    expect(pod.state).toMatchObject({
      pause: { pid: 103, restarts: 1 },
      containers: [
        { name: 'web', restarts: 1, exitCode: 137 },
        { name: 'side', restarts: 1, exitCode: 137 },
      ],
    })
  })

  it('and its containers before it, since it is their process 1, each comes back once', async () => {
    const { pod, names, last } = await running({ processes: 'shared' })
    last('pause').beginToEnd()
    last('web').end(137)
    last('side').end(137)
    await pass(0)
    expect(names()).toHaveLength(3)
    last('pause').end(137)
    await pass(0)
    expect(names()).toEqual(['pause', 'web', 'side', 'pause', 'web', 'side'])
    expect(pod.state.containers.map(({ restarts }) => restarts)).toEqual([1, 1])
  })

  it('a container that has done its work is not started again', async () => {
    const { names, last } = await running({ restart: 'OnFailure' })
    last('web').end(0)
    await pass(0)
    last('pause').end(137)
    await pass(0)
    expect(names()).toEqual(['pause', 'web', 'side', 'pause', 'side'])
  })

  it('of a pod that is never restarted all stays as it is', async () => {
    const { pod, names, last } = await running({ restart: 'Never' })
    last('pause').end(137)
    await pass(60_000)
    expect(names()).toHaveLength(3)
    expect(pod.state.containers.map(({ state }) => state)).toEqual(['ended', 'ended'])
  })

  it('again and again, the next waits longer and longer', async () => {
    const { names, last } = await running()
    const pauses = () => names().filter(name => name === 'pause').length
    last('pause').end(137)
    await pass(0)
    last('pause').end(137)
    await pass(999)
    expect(pauses()).toBe(2)
    await pass(1)
    expect(pauses()).toBe(3)
  })

  it('a container cannot be added', async () => {
    const { pod, last } = await running({ restart: 'Never' })
    last('pause').end(1)
    await pass(0)
    await expect(pod.add(order('more'))).rejects.toThrow('its pause process has ended')
  })
})

describe('a pod that is ended', () => {
  it('stops its containers first and pause last, and nothing comes back', async () => {
    const { pod, names, last } = await running({}, { heedsTerm: false })
    let over = false
    void pod.end('stop').then(() => {
      over = true
    })
    await pass(4999)
    expect([last('web').signals, last('pause').signals, over]).toEqual([['SIGTERM'], [], false])
    await pass(1)
    expect([last('web').signals, last('pause').signals, over]).toEqual([
      ['SIGTERM', 'SIGKILL'],
      ['SIGKILL'],
      true,
    ])
    await pass(60_000)
    expect(names()).toHaveLength(3)
  })

  it('is killed at once, a container that waits for its start with it', async () => {
    const { pod, names, last } = await running()
    last('web').end(1)
    await pass(0)
    last('web').end(1)
    await pass(0)
    await pod.end('kill')
    await pass(60_000)
    expect(names()).toHaveLength(4)
    expect(last('side').signals).toEqual(['SIGKILL'])
  })
})

it('one container is ended as if by itself, and says where there was nothing to end', async () => {
  const { pod, names, last } = await running()
  await expect(pod.endContainer('web', 'stop')).resolves.toBe(true)
  await pass(0)
  expect(names()).toEqual(['pause', 'web', 'side', 'web'])
  last('web').end(1)
  await pass(0)
  await expect(pod.endContainer('web', 'kill')).resolves.toBe(false)
  await expect(pod.endContainer('nobody', 'kill')).resolves.toBe(false)
})

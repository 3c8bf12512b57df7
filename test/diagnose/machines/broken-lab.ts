import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { Session } from '../../labs/cli.ts'

/** What is broken, what is told of it, and what to type; what else it takes to be well again, and what to be as before. */
export type Break = [commands: string, headline: string, mend: string, also?: string, after?: string]

interface Tried {
  from: string
  ok: boolean
  evidence?: { headline: string; mend?: string }
}

/** Of a service one request is enough. */
const few = ['--requests', '1']

/** A lab that is up for all tests of a file, which break it and mend it again. */
export class BrokenLab {
  readonly #session = new Session()
  readonly #name: string
  readonly #from: readonly string[]
  readonly #routers: readonly string[]

  /** `file` is called as its lab; `from`: whose first question is the one that fails; `routers`: who forgets all connections when it is mended. */
  constructor(file: URL, from: readonly string[], routers: readonly string[]) {
    const path = fileURLToPath(file)
    this.#name = basename(path, '.yaml')
    this.#from = from
    this.#routers = routers
    beforeAll(async () => {
      expect(await this.#session.netlab('up', path, '--quiet')).toMatchObject({ code: 0, stderr: '' })
    })
    afterAll(() => this.#session.end())
  }

  /** Breaks it, and expects the words, and that what they say mends it. */
  async isExplained([commands, headline, mend, also = 'true', after = 'true']: Break): Promise<void> {
    await this.#run(commands)
    const { code, evidence } = await this.#explained()
    expect({ code, evidence }).toMatchObject({ code: 1, evidence: { headline } })
    expect(evidence?.mend ?? '').toBe(mend)
    const forget = this.#routers.flatMap(place =>
      ['', ' -f ipv6'].map(
        family => `${place === 'host' ? '' : `ip netns exec ${place} `}conntrack -F${family}`,
      ),
    )
    // What netlab itself mends is typed outside.
    const isOutside = mend.startsWith('netlab ')
    if (isOutside) await this.#session.netlab(...mend.split(' ').slice(1))
    await this.#run(
      `{ ${[...(mend === '' || isOutside ? [] : [mend]), also, ...forget].join('; ')}; } > /dev/null 2>&1`,
    )
    expect((await this.#explained()).code).toBe(0)
    await this.#run(after)
  }

  async #run(commands: string): Promise<void> {
    const { code, stderr } = await this.#session.netlab('exec', this.#name, '--', 'sh', '-ec', commands)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  }

  /** What is said of the first question that is not answered as it should be. */
  async #explained() {
    const { stdout, code } = await this.#session.netlab('verify', this.#name, '--json', ...few)
    const { checks } = JSON.parse(stdout) as { checks: Tried[] }
    return { code, evidence: checks.find(one => !one.ok && this.#from.includes(one.from))?.evidence }
  }
}

import { basename, join } from 'node:path'
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

/** What netlab itself does is typed outside. */
function isOutside(commands: string): boolean {
  return commands.startsWith('netlab ')
}

/** A lab that is up for all tests of a file, which break it and mend it again. */
export class BrokenLab {
  #opened: Session | undefined
  readonly #name: string
  readonly #from: readonly string[]
  readonly #routers: readonly string[]
  readonly #asking: readonly string[]

  /**
   * `file` is called as its lab; `from`: whose first question is the one that fails; `routers`: who forgets all connections when it is mended;
   * `asking`: who asks at all, for where that takes long; everybody, where nothing is said.
   */
  constructor(
    file: URL,
    from: readonly string[],
    routers: readonly string[],
    asking: readonly string[] = [],
  ) {
    const path = fileURLToPath(file)
    this.#name = basename(path, '.yaml')
    this.#from = from
    this.#routers = routers
    this.#asking = asking.length === 0 ? [] : ['--from', ...asking]
    beforeAll(async () => {
      expect(await this.#session.netlab('up', path, '--quiet')).toMatchObject({ code: 0, stderr: '' })
    })
    afterAll(() => this.#opened?.end())
  }

  /** Not opened before it is needed: where all tests are skipped nobody ends it. */
  get #session(): Session {
    this.#opened ??= new Session()
    return this.#opened
  }

  /** The folder that the running lab keeps its state in. */
  get folder(): string {
    return join(this.#session.stateDir, this.#name)
  }

  /** Breaks it, and expects the words, and that what they say mends it. */
  async isExplained([commands, ...told]: Break): Promise<void> {
    await this.#run(commands)
    await this.isExplainedNow(...told)
  }

  /** The same of a lab that is broken. */
  async isExplainedNow(headline: string, mend: string, also = 'true', after?: string): Promise<void> {
    const { code, evidence } = await this.#explained()
    expect({ code, evidence }).toMatchObject({ code: 1, evidence: { headline } })
    expect(evidence?.mend ?? '').toBe(mend)
    const forget = this.#routers.flatMap(place =>
      ['', ' -f ipv6'].map(
        family => `${place === 'host' ? '' : `ip netns exec ${place} `}conntrack -F${family}`,
      ),
    )
    if (isOutside(mend)) await this.#run(mend)
    await this.#run(
      `{ ${[...(mend === '' || isOutside(mend) ? [] : [mend]), also, ...forget].join('; ')}; } > /dev/null 2>&1`,
    )
    expect((await this.#explained()).code).toBe(0)
    if (after !== undefined) await this.#run(after)
  }

  /** Breaks it, and expects that a command mends it, whatever is said of it. */
  async isMended(commands: string, mend: string): Promise<void> {
    await this.#run(commands)
    await this.#run(mend)
    expect((await this.#explained()).code).toBe(0)
  }

  async #run(commands: string): Promise<void> {
    const argv = isOutside(commands)
      ? commands.split(' ').slice(1)
      : ['exec', this.#name, '--', 'sh', '-ec', commands]
    const { code, stderr } = await this.#session.netlab(...argv)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  }

  /** What is said of the first question that is not answered as it should be. */
  async #explained() {
    const { stdout, code } = await this.#session.netlab(
      ...['verify', this.#name, '--json', ...few, ...this.#asking],
    )
    const { checks } = JSON.parse(stdout) as { checks: Tried[] }
    // Of what is broken no check is answered that should not be.
    expect(checks.filter(({ evidence }) => evidence?.headline.startsWith('nothing on the way'))).toEqual([])
    return { code, evidence: checks.find(one => !one.ok && this.#from.includes(one.from))?.evidence }
  }
}

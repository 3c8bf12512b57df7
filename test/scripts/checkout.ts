import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a run of a script left behind. */
export interface Outcome {
  stdout: string
  stderr: string
  code: number | null
}

/**
 * A fresh clone with the real scripts, a CLI of two lines that tells its arguments, and an `npm` that brings esbuild and a made-up
 * vitest, and writes down each call.
 */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'netlab-checkout-'))
  /** Programs that come before the machine's own on the PATH. */
  readonly programs = join(this.folder, 'programs')

  constructor() {
    const project = process.cwd()
    chmodSync(this.folder, 0o755)
    cpSync(join(project, 'scripts'), join(this.folder, 'scripts'), { recursive: true })
    mkdirSync(this.programs)
    this.write('package.json', '{"type": "module"}')
    this.write('package-lock.json', '{}')
    this.write('src/netlab.ts', "process.stdout.write(['ran', ...process.argv.slice(2)].join(' ') + '\\n')\n")
    const build = readFileSync(join(project, 'scripts/build.mjs'), 'utf8')
    for (const [program] of build.matchAll(/src\/[\w/-]+\.tsx?/g)) {
      if (program !== 'src/netlab.ts' && program !== 'src/view/source-stack.ts')
        this.write(program, 'export {}\n')
    }
    cpSync(join(project, 'src/bin.ts'), this.path('src/bin.ts'))
    this.installVitest('')
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Writes a file of the checkout, as an editor would, later than all that was written before. */
  write(name: string, content: string): void {
    const path = this.path(name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content)
  }

  /** Puts a shell script where a program would be found first. */
  program(name: string, script: string): void {
    writeFileSync(join(this.programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  /** Makes an `npm` that brings a vitest which is this line of JavaScript, and whose `npm run` ends with this exit code. */
  installVitest(line: string, checksExit = 0): void {
    const modules = join(process.cwd(), 'node_modules')
    this.program(
      'npm',
      `[ "$1" = ci ] || exit ${checksExit}
       echo "npm $*" >>${this.path('calls')}
       rm -rf node_modules && mkdir -p node_modules/vitest
       ln -s ${modules}/esbuild ${modules}/@esbuild node_modules
       mkdir -p node_modules/elkjs/lib
       echo '{"name": "elkjs", "version": "1.0.0", "license": "EPL-2.0"}' >node_modules/elkjs/package.json
       echo 'You may.' >node_modules/elkjs/LICENSE.md
       echo 'export default 1' >node_modules/elkjs/lib/elk.bundled.js
       cat >node_modules/vitest/vitest.mjs <<'END'
${line}
END
       [ ! -e hang ] || sleep 60
       echo '{}' >node_modules/.package-lock.json
       echo 'added 2 packages'`,
    )
  }

  /** Calls of the made-up programs so far, a line each. */
  get calls(): string[] {
    const path = this.path('calls')
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
  }

  start(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const [file = '', ...args] = argv
    return spawn(file, args, {
      cwd: tmpdir(),
      detached: true,
      env: { ...process.env, PATH: `${this.programs}:${process.env.PATH}`, ...environment },
    })
  }

  /** Runs to the end; `scripts/netlab up x` by default becomes this checkout's own script. */
  run(
    argv: readonly string[] = [this.path('scripts/netlab'), 'up', 'x'],
    environment?: NodeJS.ProcessEnv,
  ): Promise<Outcome> {
    const child = this.start(argv, environment)
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', chunk => {
      stdout += chunk
    })
    child.stderr?.on('data', chunk => {
      stderr += chunk
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', code => resolve({ stdout, stderr, code }))
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

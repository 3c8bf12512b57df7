import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const program = join(root, 'dist/bin.js')
const reporter = new URL('report-usage.mjs', import.meta.url).href

/** The built CLI, with a state folder of its own: labs of the person who measures are left alone. */
export class Netlab {
  constructor(folder) {
    this.folder = folder
    this.env = { ...process.env, NETLAB_STATE_DIR: join(folder, 'state') }
  }

  /** Runs it to its end and returns its stdout. Throws where it fails. */
  run(...args) {
    return this.start(process.execPath, [program, ...args])
  }

  /** What it takes to its end: seconds, processor seconds, and megabytes at the most. Throws where it fails. */
  usage(...args) {
    return this.nodeUsage(program, ...args)
  }

  /** The same of any program in Node. */
  nodeUsage(...args) {
    const report = this.file('usage.json')
    const env = { ...this.env, NETLAB_BENCH_USAGE: report }
    const start = performance.now()
    this.start(process.execPath, ['--import', reporter, ...args], { env })
    const seconds = (performance.now() - start) / 1000
    return { seconds, ...JSON.parse(readFileSync(report, 'utf8')) }
  }

  start(file, args, options = {}) {
    const { status, stdout, stderr, error } = spawnSync(file, args, {
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      ...options,
    })
    if (status === 0) return stdout
    throw new Error(`${[file, ...args].join(' ')}\n${error ?? `${stdout}${stderr}`}`)
  }

  downAll() {
    this.run('down', '--all', '--quiet')
  }

  /** The path of a file in the temporary folder. */
  file(name) {
    return join(this.folder, name)
  }

  write(name, text) {
    writeFileSync(this.file(name), text)
    return this.file(name)
  }

  /** The path of netlab's modules, made into one from their sources, that take themselves for a part of the built CLI. */
  async bundle(...sources) {
    const outfile = this.file(`${sources.join('+').replaceAll('/', '-')}.mjs`)
    if (!existsSync(outfile)) {
      const contents = sources.map(source => `export * from './${source}'`).join('\n')
      await build({
        stdin: { contents, resolveDir: join(root, 'src') },
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        external: ['koffi'],
        define: { 'import.meta.url': JSON.stringify(pathToFileURL(program).href) },
        banner: {
          js: `import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(${JSON.stringify(program)});`,
        },
      })
    }
    return outfile
  }

  async module(...sources) {
    return import(pathToFileURL(await this.bundle(...sources)).href)
  }
}

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { ownFolder } from '../own-folder.ts'

/** A file of a made-up tree → the one line in it, and whether the linter must complain. */
const cases = {
  'src/command/imports-read.ts': ["export type { X } from '../read/x.ts'", 'refused'],
  'src/command/imports-plan.ts': ["export { x } from '../plan/x.ts'", 'refused'],
  'src/command/imports-errors.ts': ["export { x } from '../errors.ts'", 'allowed'],
  'src/command/reads-files.ts': ["export { readFileSync } from 'node:fs'", 'refused'],
  'src/command/has-a-clock.ts': ['export const now = Date.now()', 'refused'],
  'src/text/imports-model.ts': ["export type { X } from '../model/x.ts'", 'refused'],
  'src/text/imports-command.ts': ["export { x } from '../command/x.ts'", 'allowed'],
  'src/text/reads-files.ts': ["export { readFileSync } from 'node:fs'", 'refused'],
  'src/model/imports-text.ts': ["export { x } from '../text/x.ts'", 'allowed'],
  'src/model/imports-read.ts': ["export { x } from '../read/x.ts'", 'refused'],
  'src/model/has-a-clock.ts': ['export const now = Date.now()', 'refused'],
  'src/model/imports-allocation.ts': ["export { x } from '../allocation/x.ts'", 'refused'],
  'src/allocation/imports-model.ts': ["export { x } from '../model/x.ts'", 'allowed'],
  'src/allocation/imports-read.ts': ["export { x } from '../read/x.ts'", 'refused'],
  'src/allocation/throws-dice.ts': ['export const dice = Math.random()', 'refused'],
  'src/read/imports-allocation.ts': ["export { x } from '../allocation/x.ts'", 'allowed'],
  'src/read/imports-model.ts': ["export { x } from '../model/x.ts'", 'allowed'],
  'src/read/imports-command.ts': ["export { x } from '../command/x.ts'", 'allowed'],
  'src/read/imports-cli.ts': ["export { x } from '../cli/x.ts'", 'refused'],
  'src/read/imports-service.ts': ["export type { X } from '../service/x.ts'", 'refused'],
  'src/read/deep/imports-plan.ts': ["export { x } from '../../plan/x.ts'", 'refused'],
  'src/read/imports-late.ts': ["export const x = await import('../run/x.ts')", 'refused'],
  'src/read/imports-errors.ts': ["export { x } from '../errors.ts'", 'allowed'],
  'src/read/imports-itself.ts': ["export { x } from './x.ts'", 'allowed'],
  'src/read/reads-files.ts': ["export { readFileSync } from 'node:fs'", 'refused'],
  'src/read/load-manifest.ts': ["export { readFileSync } from 'node:fs'", 'allowed'],
  'src/read/load-and-run.ts': ["export { spawn } from 'node:child_process'", 'refused'],
  'src/read/load-upwards.ts': ["export { x } from '../run/x.ts'", 'refused'],
  'src/read/paths.ts': ["export { join } from 'node:path'", 'allowed'],
  'src/service/imports-read.ts': ["export { x } from '../read/x.ts'", 'allowed'],
  'src/service/imports-plan.ts': ["export { x } from '../plan/x.ts'", 'refused'],
  'src/service/imports-dataplane.ts': ["export { x } from '../dataplane/x.ts'", 'refused'],
  'src/cluster/imports-service.ts': ["export { x } from '../service/x.ts'", 'allowed'],
  'src/cluster/imports-plan.ts': ["export { x } from '../plan/x.ts'", 'refused'],
  'src/cluster/reads-files.ts': ["export { readFileSync } from 'node:fs'", 'refused'],
  'src/cluster/throws-dice.ts': ['export const dice = Math.random()', 'refused'],
  'src/service/imports-cluster.ts': ["export { x } from '../cluster/x.ts'", 'refused'],
  'src/dataplane/mode/hashes.ts': ["export { createHash } from 'node:crypto'", 'allowed'],
  'src/dataplane/mode/imports-service.ts': ["export { x } from '../../service/x.ts'", 'allowed'],
  'src/dataplane/mode/imports-plan.ts': ["export { x } from '../../plan/x.ts'", 'refused'],
  'src/dataplane/modes.ts': ["export { x } from './mode/x.ts'", 'allowed'],
  'src/network/imports-model.ts': ["export { x } from '../model/x.ts'", 'allowed'],
  'src/network/imports-plan.ts': ["export { x } from '../plan/x.ts'", 'refused'],
  'src/network/reads-files.ts': ["export { readFileSync } from 'node:fs'", 'refused'],
  'src/network/throws-dice.ts': ['export const dice = Math.random()', 'refused'],
  'src/dataplane/imports-network.ts': ["export { x } from '../network/x.ts'", 'refused'],
  'src/plan/imports-network.ts': ["export { x } from '../network/x.ts'", 'allowed'],
  'src/plan/imports-dataplane.ts': ["export { x } from '../dataplane/x.ts'", 'allowed'],
  'src/plan/imports-a-mode.ts': ["export { x } from '../dataplane/mode/x.ts'", 'refused'],
  'src/plan/hashes.ts': ["export { createHash } from 'node:crypto'", 'refused'],
  'src/plan/imports-service.ts': ["export { x } from '../service/x.ts'", 'allowed'],
  'src/plan/imports-sandbox.ts': ["export { x } from '../sandbox/x.ts'", 'refused'],
  'src/plan/has-a-clock.ts': ['export const now = Date.now()', 'refused'],
  'src/service/throws-dice.ts': ['export const dice = Math.random()', 'refused'],
  'src/service/rounds.ts': ['export const rounded = Math.floor(1.5)', 'allowed'],
  'src/read/reads-environment.ts': ['export const home = process.env.HOME', 'refused'],
  'src/run/imports-graph.ts': ["export { x } from '../graph/x.ts'", 'refused'],
  'src/graph/imports-run.ts': ["export { x } from '../run/x.ts'", 'allowed'],
  'src/graph/imports-view.ts': ["export { x } from '../view/x.ts'", 'refused'],
  'src/graph/imports-a-mode.ts': ["export { x } from '../dataplane/mode/x.ts'", 'refused'],
  'src/graph/imports-lesson.ts': ["export { x } from '../lesson/x.ts'", 'refused'],
  'src/run/imports-lesson.ts': ["export { x } from '../lesson/x.ts'", 'refused'],
  'src/lesson/imports-graph.ts': ["export { x } from '../graph/x.ts'", 'allowed'],
  'src/lesson/imports-view.ts': ["export type { X } from '../view/x.ts'", 'refused'],
  'src/lesson/prints.ts': ["process.stdout.write('hello')", 'refused'],
  'src/view/imports-lesson.ts': ["export { x } from '../lesson/x.ts'", 'allowed'],
  'src/view/imports-graph.ts': ["export { x } from '../graph/x.ts'", 'allowed'],
  'src/plan/imports-export.ts': ["export { x } from '../export/x.ts'", 'refused'],
  'src/export/imports-plan.ts': ["export { x } from '../plan/x.ts'", 'allowed'],
  'src/export/imports-sandbox.ts': ["export { x } from '../sandbox/x.ts'", 'refused'],
  'src/export/reads-files.ts': ["export { readFileSync } from 'node:fs'", 'refused'],
  'src/sandbox/imports-plan.ts': ["export { x } from '../plan/x.ts'", 'allowed'],
  'src/sandbox/imports-run.ts': ["export { x } from '../run/x.ts'", 'refused'],
  'src/sandbox/starts-processes.ts': ["export { execa } from 'execa'", 'allowed'],
  'src/sandbox/paints.ts': ["export { Chalk } from 'chalk'", 'refused'],
  'src/sandbox/imports-bin.ts': ["export { x } from '../bin.ts'", 'refused'],
  'src/sandbox/imports-observe.ts': ["export { x } from '../observe/x.ts'", 'refused'],
  'src/observe/imports-sandbox.ts': ["export { x } from '../sandbox/x.ts'", 'allowed'],
  'src/observe/imports-diagnose.ts': ["export { x } from '../diagnose/x.ts'", 'refused'],
  'src/diagnose/imports-observe.ts': ["export { x } from '../observe/x.ts'", 'allowed'],
  'src/diagnose/imports-verify.ts': ["export const x = await import('../verify/x.ts')", 'refused'],
  'src/diagnose/prints.ts': ["process.stdout.write('hello')", 'refused'],
  'src/verify/imports-diagnose.ts': ["export const x = await import('../diagnose/x.ts')", 'allowed'],
  'src/verify/imports-run.ts': ["export type { X } from '../run/x.ts'", 'refused'],
  'src/run/imports-verify.ts': ["export { x } from '../verify/x.ts'", 'allowed'],
  'src/run/starts-processes.ts': ["export { execa } from 'execa'", 'refused'],
  'src/run/forks.ts': ["export { spawn } from 'node:child_process'", 'refused'],
  'src/run/imports-view.ts': ["export { x } from '../view/x.ts'", 'refused'],
  'src/run/imports-chart.ts': ["export { x } from '../chart/x.ts'", 'refused'],
  'src/chart/imports-run.ts': ["export { x } from '../run/x.ts'", 'allowed'],
  'src/chart/imports-view.ts': ["export { x } from '../view/x.ts'", 'refused'],
  'src/chart/prints.ts': ["process.stdout.write('hello')", 'refused'],
  'src/run/prints.ts': ["process.stdout.write('hello')", 'refused'],
  'src/view/prints.ts': ["process.stdout.write('hello')", 'allowed'],
  'src/view/logs.ts': ["console.log('hello')", 'refused'],
  'src/view/paints.ts': ["export { Chalk } from 'chalk'", 'allowed'],
  'src/view/reads-options.ts': ["export { Command } from 'commander'", 'refused'],
  'src/view/imports-cli.ts': ["export { x } from '../cli/x.ts'", 'refused'],
  'src/view/page/imports-web.tsx': ["export { x } from '../../web/x.ts'", 'refused'],
  'src/view/imports-web.ts': ["export { x } from '../web/x.ts'", 'refused'],
  'src/graph/imports-web.ts': ["export { x } from '../web/x.ts'", 'refused'],
  'src/web/imports-view.ts': ["export { x } from '../view/x.ts'", 'allowed'],
  'src/web/imports-cli.ts': ["export { x } from '../cli/x.ts'", 'refused'],
  'src/web/starts-processes.ts': ["export { spawn } from 'node:child_process'", 'refused'],
  'src/web/prints.ts': ["process.stdout.write('hello')", 'refused'],
  'src/cli/imports-web.ts': ["export { x } from '../web/x.ts'", 'allowed'],
  'src/cli/reads-options.ts': ["export { Command } from 'commander'", 'allowed'],
  'src/cli/prints.ts': ["process.stdout.write('hello')", 'refused'],
  'src/cli/paints.ts': ["export { Listr } from 'listr2'", 'refused'],
  'src/cli/imports-bin.ts': ["export { x } from '../bin.ts'", 'refused'],
  'src/cli/imports-netlab.ts': ["export { x } from '../netlab.ts'", 'refused'],
  'src/bin.ts': ["export { x } from './cli/x.ts'", 'allowed'],
  'src/errors.ts': ["export { x } from './read/x.ts'", 'refused'],
} as const

const tree = ownFolder('layers')
let complaints: ReadonlySet<string>

beforeAll(() => {
  cpSync('biome.json', join(tree, 'biome.json'))
  cpSync('scripts/lint', join(tree, 'scripts/lint'), { recursive: true })
  for (const [path, [line]] of Object.entries(cases)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), `${line}\n`)
  }
  complaints = lint()
})

function lint(): ReadonlySet<string> {
  const biome = join(process.cwd(), 'node_modules/.bin/biome')
  const argv = [
    'lint',
    '--vcs-enabled=false',
    '--max-diagnostics=none',
    '--diagnostic-level=error',
    '--reporter=github',
    '.',
  ]
  try {
    execFileSync(biome, argv, { cwd: tree, stdio: 'pipe' })
    return new Set()
  } catch (error) {
    const output = String((error as { stdout: Buffer }).stdout)
    return new Set([...output.matchAll(/^::error .*?file=.*?(src\/[^,]+),/gm)].map(match => match[1]!))
  }
}

for (const [path, [line, verdict]] of Object.entries(cases)) {
  test(`${path}: ${line} is ${verdict}`, () => {
    expect(complaints.has(path) ? 'refused' : 'allowed').toBe(verdict)
  })
}

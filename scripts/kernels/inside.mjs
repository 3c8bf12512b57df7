// Runs in a virtual machine with another kernel: labs and tests, one after the other; tells each as a line of JSON.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Milliseconds: an end for what hangs. */
const patience = 1_800_000
const { labs, tests } = JSON.parse(process.argv[2])

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function run(argv) {
  const [file, ...args] = argv
  const env = { ...process.env, NETLAB_IN_VM: '1', NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: patience,
    killSignal: 'SIGKILL',
    env,
    maxBuffer: 2 ** 26,
  })
  return { ok: status === 0, status, said: `${stdout}${stderr}`.trim() }
}

function timed(name, work) {
  const begin = performance.now()
  const found = work()
  tell({ name, ...found, seconds: Math.round((performance.now() - begin) / 1000) })
}

/** Up with each step verified, verified as a whole, and down; the first that fails says why. */
function tryLab(lab) {
  const netlab = (...args) => run([process.execPath, 'dist/bin.js', ...args])
  const up = netlab('up', lab)
  if (up.status === 3) return { state: 'skipped', why: up.said }
  if (!up.ok) return { state: 'failed', why: `up: ${up.said}` }
  const verify = netlab('verify', lab)
  const down = netlab('down', lab)
  if (!verify.ok) return { state: 'failed', why: `verify: ${verify.said}` }
  if (!down.ok) return { state: 'failed', why: `down: ${down.said}` }
  return { state: 'passed' }
}

function tryTests(file) {
  const report = join(tmpdir(), 'report.json')
  // What another file came to must not be taken for this one's.
  rmSync(report, { force: true })
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--configLoader',
    'runner',
    '--project',
    'kernel',
    file,
  ]
  const { ok, said } = run([process.execPath, ...vitest, '--reporter=json', `--outputFile=${report}`])
  let told
  try {
    told = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    return { state: 'failed', why: said }
  }
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, testResults } = told
  const why = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n')}`)
  const counts = { passed, failed, skipped }
  if (!ok) return { state: 'failed', counts, why: why.length > 0 ? why.join('\n') : said }
  return passed === 0 ? { state: 'skipped', counts } : { state: 'passed', counts }
}

tell({ release: release() })
for (const lab of labs) timed(lab, () => tryLab(lab))
for (const file of tests) timed(file, () => tryTests(file))

// Runs in a virtual machine with another kernel: labs and tests, one after the other; tells each as a line of JSON.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'

/** `minutes`: an end for what hangs. */
const { labs, tests, minutes } = JSON.parse(process.argv[2])

function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Runs a command to its end; `follow`: what it says is shown meanwhile, too. */
async function run(argv, follow = false) {
  const [file, ...args] = argv
  const env = { ...process.env, NETLAB_IN_VM: '1', NO_COLOR: '1' }
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const late = setTimeout(() => child.kill('SIGKILL'), minutes * 60_000)
  const said = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', bytes => {
      said.push(bytes)
      if (follow) process.stderr.write(bytes)
    })
  }
  const [status] = await once(child, 'close')
  clearTimeout(late)
  return { ok: status === 0, status, said: Buffer.concat(said).toString('utf8').trim() }
}

async function timed(name, work) {
  const begin = performance.now()
  const found = await work()
  tell({ name, ...found, seconds: Math.round((performance.now() - begin) / 1000) })
}

/** Up with each step verified, verified as a whole, and down; the first that fails says why. */
async function tryLab(lab) {
  const netlab = (...args) => run([process.execPath, 'dist/bin.js', ...args], args[0] === 'up')
  const up = await netlab('up', lab)
  if (up.status === 3) return { state: 'skipped', why: up.said }
  if (!up.ok) return { state: 'failed', why: `up: ${up.said}` }
  // An emulated processor answers some ten requests a second.
  const verify = await netlab('verify', lab, '--requests', '50')
  const down = await netlab('down', lab)
  if (!verify.ok) return { state: 'failed', why: `verify: ${verify.said}` }
  if (!down.ok) return { state: 'failed', why: `down: ${down.said}` }
  return { state: 'passed' }
}

async function tryTests(file) {
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
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
  const { ok, said } = await run([process.execPath, ...vitest, ...reporters], true)
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
for (const lab of labs) await timed(lab, () => tryLab(lab))
for (const file of tests) await timed(file, () => tryTests(file))

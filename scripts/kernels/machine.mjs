// One kernel's virtual machine: gives it the checkout, hears what it found.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Too large, and nothing that runs there. */
const leftOut = [
  '@biomejs',
  '@typescript',
  'typescript',
  'knip',
  '@oxc-resolver',
  'oxc-parser',
  '@babel',
  '.cache',
  '.vite',
]

/** Runs the labs and tests on a kernel; returns its release, how that ended, and what was found. */
export async function tryKernel(kernel, { labs, tests, minutes, labRoot }, signal) {
  const begin = performance.now()
  const excluded = ['.git', 'coverage', ...leftOut.map(name => `node_modules/${name}`)]
  const tar = spawn('tar', ['-C', root, '-czf', '-', ...excluded.map(path => `--exclude=./${path}`), '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const wanted = JSON.stringify({ labs, tests, minutes })
  const inside = 'mkdir netlab && cd netlab && tar -xzf - && exec node scripts/kernels/inside.mjs "$1"'
  const machine = spawn(
    process.execPath,
    [
      `${root}/dist/in-kernel.js`,
      kernel,
      '--memory',
      '4096',
      ...(labRoot ? ['--lab-root'] : []),
      '--',
      'sh',
      '-c',
      inside,
      'netlab-kernels',
      wanted,
    ],
    { stdio: [tar.stdout, 'pipe', 'inherit'] },
  )
  tar.stdout.destroy()
  const packed = new Promise(resolve => tar.once('close', resolve))
  let ended = 'done'
  const end = why => {
    ended = why
    machine.kill('SIGTERM')
  }
  const timer = setTimeout(() => end('no time left'), minutes * 60_000)
  const abort = () => end('interrupted')
  signal.addEventListener('abort', abort)
  const result = { kernel, labRoot, release: '', found: [] }
  const lines = createInterface({ input: machine.stdout })
  lines.on('line', line => hear(line, result))
  const code = await new Promise(resolve => machine.once('close', resolve))
  clearTimeout(timer)
  signal.removeEventListener('abort', abort)
  tar.kill()
  if (ended === 'done' && (await packed) > 1) ended = 'this checkout could not be given to it whole'
  if (ended === 'done' && code !== 0) ended = `the machine ended with exit code ${code}`
  return { ...result, ended, seconds: Math.round((performance.now() - begin) / 1000) }
}

/** What is no line of ours is somebody's complaint. */
function hear(line, result) {
  let told
  try {
    told = JSON.parse(line)
  } catch {
    process.stderr.write(`${line}\n`)
    return
  }
  if (told.release !== undefined) result.release = told.release
  else {
    result.found.push(told)
    process.stderr.write(`${result.kernel}  ${told.state.padEnd(7)} ${told.name}  ${told.seconds} s\n`)
    // Hours may pass until the table: whoever waits for it may want to look into it now.
    if (told.state === 'failed') process.stderr.write(`${told.why.replaceAll(/^/gm, '    ')}\n`)
  }
}

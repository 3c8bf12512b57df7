// Takes the pictures of the README: runs the built CLI in a terminal of 80 columns and writes what that shows as SVG to
// docs/pictures, and the page of netlab view as PNG. Times and shares differ at each run, so a fresh picture is committed only
// where something else has changed, too.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { takePage } from './pictures/page.mjs'
import { terminalSvg } from './pictures/svg.mjs'
import { columns, Window } from './pictures/window.mjs'

const checkout = fileURLToPath(new URL('..', import.meta.url))
const bin = join(checkout, 'dist/bin.js')
const pictures = join(checkout, 'docs/pictures')
const enter = '\r'

const broken = `name: my-lab
title: A pod that lost its way
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.21/24, serve: 8080}
outside: {client: 192.0.2.10/24}
steps:
  - title: A default route is missing
    why: Pod b still sees its neighbours. Whoever lives beyond the bridge gets no answer from it.
    run: [ip -n b route del default]
    check:
      - curl: 10.0.0.21:8080
        from: client
        expect: {backend: b}
        within: 1
`

const mistaken = `name: my-lab
title: Two pods on a bridge
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.300/24, serve: 8080}
  b: {address: 10.0.1.21/24, server: 8080}
steps:
  - title: Pod a reaches pod b
    check: [{curl: "10.0.0.21:8080", from: c, expect: {backend: b}}]
`

const folder = mkdtempSync(join(tmpdir(), 'netlab-pictures-'))
const environment = {
  PATH: process.env.PATH,
  HOME: folder,
  TERM: 'xterm-256color',
  FORCE_COLOR: '1',
  NETLAB_STATE_DIR: join(folder, 'state'),
}

/** Opens a window, with a function that runs netlab in it as it would be typed. */
function open() {
  const window = new Window(folder, environment)
  const netlab = (line, meanwhile) =>
    window.run(`netlab ${line}`, [process.execPath, bin, ...line.split(' ')], meanwhile)
  return { window, netlab }
}

function take(name, title, lines) {
  writeFileSync(join(pictures, `${name}.svg`), terminalSvg(title, lines, columns))
  process.stderr.write(`docs/pictures/${name}.svg\n`)
}

try {
  mkdirSync(pictures, { recursive: true })
  cpSync(join(checkout, 'labs'), join(folder, 'labs'), { recursive: true })

  const up = open()
  await up.netlab('up labs/clusterip.yaml')
  take('up', 'netlab up: every step of a lab with its commands, checks and time', up.window.lines())

  const verify = open()
  await verify.netlab('verify')
  take('verify', 'netlab verify: how the requests of each place were shared', verify.window.lines())
  await takePage(
    [process.execPath, bin, 'view'],
    { ...environment, FORCE_COLOR: '0' },
    join(pictures, 'view.png'),
  )
  await verify.netlab('down')

  const walk = open()
  await walk.netlab('walk labs/clusterip.yaml --down --no-quiz', async type => {
    for (let step = 1; step <= 6; step += 1) {
      await walk.window.until(`── ${step}/`)
      for (const offered of ['q quit', 'Enter go on']) {
        await walk.window.until(offered)
        if (step === 6 && offered === 'Enter go on') break
        type(enter)
        if (offered === 'q quit') await walk.window.until('Enter go on')
        else await walk.window.until(`── ${step + 1}/`)
      }
    }
    const lines = walk.window.lines()
    const heading = lines.findIndex(({ text }) => text.startsWith('── 6/'))
    take(
      'walk',
      'netlab walk: a step of a lesson, with its reason, commands and checks',
      lines.slice(heading),
    )
    type('q')
  })

  writeFileSync(join(folder, 'my-lab.yaml'), broken)
  const failure = open()
  await failure.netlab('up my-lab.yaml')
  take('failure', 'netlab up: a check that fails, with what shows the cause', failure.window.lines())

  writeFileSync(join(folder, 'my-lab.yaml'), mistaken)
  const error = open()
  await error.netlab('up my-lab.yaml')
  take(
    'error',
    'netlab up: mistakes in a lab file, each with its place and what to write',
    error.window.lines(),
  )
} finally {
  await open().netlab('down --all')
  rmSync(folder, { recursive: true, force: true })
}

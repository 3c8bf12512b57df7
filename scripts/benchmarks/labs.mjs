import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { byHand } from './by-hand.mjs'
import { labOfNodes, labOfPods } from './lab-files.mjs'
import { atMost, interleaved, median, ratio, timed } from './measure.mjs'

/** `up` of the smallest lab that ships, Node's start included, beside its plan by hand. */
export function twoPods(netlab, quick) {
  return beside(netlab, 'two-pods', quick ? 1 : 9, 1, 'up of two-pods beside its plan under bash')
}

/** `up` of many pods that serve beside a process for each command, and beside Mininet, which starts no servers. */
export async function hundredPods(netlab, quick) {
  const pods = quick ? 10 : 100
  const rounds = quick ? 1 : 3
  const file = netlab.write('serving.yaml', labOfPods(pods))
  const silent = netlab.write('silent.yaml', labOfPods(pods, false))
  return [
    ...(await beside(netlab, file, rounds, 0.2, `up of ${pods} serving pods beside its plan under bash`)),
    ...(await beside(netlab, silent, rounds, undefined, `the same without servers on either side`)),
    ...(await besideMininet(netlab, file, pods, rounds)),
  ]
}

async function beside(netlab, file, rounds, bound, what) {
  const seconds = await interleaved(rounds, [() => upThenDown(netlab, file), () => byHand(netlab, file)])
  return [ratio(what, seconds, bound, ['netlab', 'bash'])]
}

/** Mininet changes the machine that it runs on, so it gets namespaces of its own; where that does not do, it is left out. */
async function besideMininet(netlab, file, pods, rounds) {
  const what = `up of ${pods} serving pods beside mn --topo single,${pods}`
  const mininet = () => {
    const command = `mount -t tmpfs tmpfs /run && mn --switch lxbr --controller none --topo single,${pods} --test none`
    const { status, error, stderr } = spawnSync('unshare', [...namespaces, 'sh', '-c', command], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1))
  }
  try {
    mininet()
  } catch (error) {
    return [{ what, skipped: `no Mininet that runs in namespaces: ${error.message.slice(0, 60)}` }]
  }
  const seconds = await interleaved(rounds, [() => upThenDown(netlab, file), () => timed(mininet)])
  return [ratio(what, seconds, 0.12, ['netlab', 'mn'])]
}

const namespaces = [
  '--user',
  '--map-root-user',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
]

/** The seconds of an `up`; the lab is gone afterwards. */
export async function upThenDown(netlab, file) {
  const seconds = await timed(() => netlab.run('up', file, '--quiet'))
  netlab.downAll()
  return seconds
}

/** `up` of several nodes with flannel's tunnel between them, beside as many pods on one. */
export async function nodes(netlab, quick) {
  const [count, pods] = quick ? [2, 2] : [3, 10]
  const several = netlab.write('nodes.yaml', labOfNodes(count, pods))
  const one = netlab.write('one.yaml', labOfPods(count * pods))
  const seconds = await interleaved(
    quick ? 1 : 9,
    [several, one].map(file => () => upThenDown(netlab, file)),
  )
  const what = `up of ${count} nodes over VXLAN with ${count * pods} serving pods beside one node with as many`
  return [ratio(what, seconds, 2, ['several', 'one'])]
}

/** Every ordered pair of pods, tried over TCP. */
export async function matrix(netlab, quick) {
  const pods = quick ? 5 : 50
  netlab.run('up', netlab.write('silent.yaml', labOfPods(pods, false)), '--quiet')
  const [seconds] = await interleaved(quick ? 1 : 5, [() => timed(() => netlab.run('verify', '--matrix'))])
  netlab.downAll()
  return [atMost(`verify --matrix of ${pods} pods and their host`, median(seconds), 5, 's')]
}

/** `down` of many pods, until the command returns. */
export async function down(netlab, quick) {
  const pods = quick ? 10 : 100
  const file = netlab.write('serving.yaml', labOfPods(pods))
  const [seconds] = await interleaved(quick ? 1 : 7, [
    () => {
      netlab.run('up', file, '--quiet')
      return timed(() => netlab.run('down', '--quiet'))
    },
  ])
  return [atMost(`down of ${pods} pods, until the command returns`, median(seconds), 0.2, 's')]
}

/** The memory of all processes that a lab consists of; what several share is counted once. */
export function memory(netlab, quick) {
  const pods = quick ? 10 : 500
  netlab.run('up', netlab.write('serving.yaml', labOfPods(pods)), '--quiet')
  const [{ pid }] = JSON.parse(netlab.run('list', '--json'))
  const processes = processesOf(netlab, pid)
  const megabytes = size => processes.reduce((sum, process) => sum + sizeOf(process, size), 0) / 1024
  const [proportional, whole] = [megabytes('Pss'), megabytes('Rss')]
  netlab.downAll()
  return [
    atMost(`memory (PSS) of a lab of ${pods} serving pods`, proportional, 120, 'MB'),
    atMost('the same, what others share counted in full (RSS)', whole, 120, 'MB'),
  ]
}

/** The lab's processes: those in the user namespace of its process 1, and that which waits for it outside. */
function processesOf(netlab, init) {
  const script = `for p in /proc/[0-9]*; do [ "$(readlink $p/ns/user)" != "$(readlink /proc/$1/ns/user)" ] || echo "\${p#/proc/}"; done`
  const inside = netlab
    .start('sh', ['-c', script, 'sh', `${init}`])
    .trim()
    .split('\n')
    .map(Number)
  const holder = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${init}/status`, 'utf8'))?.[1])
  return [holder, ...inside]
}

/** Pss or Rss of a process in kB; 0 where it has ended. */
function sizeOf(pid, size) {
  try {
    const sizes = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(new RegExp(`^${size}:\\s+(\\d+)`, 'm').exec(sizes)?.[1] ?? 0)
  } catch {
    return 0
  }
}

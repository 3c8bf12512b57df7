import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shellLine, shellWord } from '../../../src/command/command-line.ts'
import { bin } from '../../labs/cli.ts'
import { execWords } from './clab-file.ts'
import type { ClabTopology } from './clab-schema.ts'

/** A program that is run in a container when all are up. */
export interface Asked {
  node: string
  argv: readonly string[]
}

export interface Ran {
  /** Lines of `exec` that failed, with what they printed. */
  failed: string[]
  /** What each asked program printed to stdout, and how it ended. */
  answers: { out: string; code: number }[]
}

/**
 * Runs a topology as containerlab would, with what every machine has: a container is a network and a mount namespace with files of its own, a
 * link a veth pair that is up. `order`: of the containers whose lines run. All of it is in a user namespace that ends with the call.
 */
export function runContainers(
  { topology }: ClabTopology,
  order: readonly string[],
  asked: readonly Asked[],
): Ran {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-containers-'))
  try {
    const path = (name: string) => join(folder, name)
    writeFileSync(path('netlab'), `#!/bin/sh\nexec ${shellLine([process.execPath, bin])} "$@"\n`, {
      mode: 0o755,
    })
    const script = [
      'set -u',
      container,
      ...order.map(name => `container ${shellWord(name)}`),
      ...(topology.links ?? []).map(({ endpoints, mtu }) => linkLine(endpoints, mtu)),
      ...order.flatMap(name =>
        (topology.nodes[name]?.exec ?? []).map(
          line => `run ${shellWord(name)} ${shellLine(execWords(line))}`,
        ),
      ),
      ...asked.map(({ node, argv }) => `ask ${shellWord(node)} ${shellLine(argv)}`),
      '',
    ].join('\n')
    writeFileSync(path('script'), script)
    const outer = [
      '--user',
      '--map-root-user',
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
    ]
    const { status, stdout, stderr } = spawnSync('unshare', [...outer, 'sh', path('script'), folder], {
      encoding: 'utf8',
      timeout: 300_000,
      env: {
        PATH: `${folder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        XTABLES_LOCKFILE: '/run/xtables.lock',
      },
      maxBuffer: 64 * 1024 ** 2,
    })
    if (status !== 0) throw new Error(`${status}: ${stderr}`)
    const [lines = '', ...answers] = stdout.split('\0')
    return {
      failed: lines.split('\n').filter(line => line !== ''),
      answers: answers.map(text => {
        const at = text.lastIndexOf('\n')
        return { out: text.slice(0, at), code: Number(text.slice(at + 1)) }
      }),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Shell functions: what stays for a container are files of this name with its process. */
const container = `folder=$1
ip link set dev lo up
container() {
  unshare --net --mount --propagation private -- sh -c '
    mount -t tmpfs tmpfs /mnt &&
    for own in etc tmp; do
      mkdir -p /mnt/$own/upper /mnt/$own/work &&
      mount -t overlay overlay -o lowerdir=/$own,upperdir=/mnt/$own/upper,workdir=/mnt/$own/work /$own || exit
    done
    for own in /run /var/log /var/lib; do mount -t tmpfs tmpfs $own || exit; done
    touch /run/up && exec sleep infinity' > /dev/null 2> "$folder/$1.err" &
  echo $! > "$folder/$1.pid"
  tries=0
  until in_container "$1" test -e /run/up 2> /dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { cat "$folder/$1.err" >&2; exit 1; }
    sleep 0.05
  done
}
in_container() {
  read -r pid < "$folder/$1.pid"
  shift
  nsenter --target "$pid" --net --mount -- "$@"
}
run() {
  if ! in_container "$@" > "$folder/out" 2>&1; then echo "$*: $(tr '\\n' ' ' < "$folder/out")"; fi
}
ask() {
  printf '\\0'
  in_container "$@" 2> /dev/null
  printf '\\n%s' $?
}
link() {
  read -r one < "$folder/$1.pid"
  read -r other < "$folder/$3.pid"
  ip link add name "$2" mtu "$5" netns "$one" type veth peer name "$4" mtu "$5" netns "$other" || exit
  in_container "$1" ip link set dev "$2" up
  in_container "$3" ip link set dev "$4" up
}`

function linkLine(endpoints: readonly [string, string], mtu: number): string {
  return `link ${endpoints
    .flatMap(end => end.split(':'))
    .map(shellWord)
    .join(' ')} ${mtu}`
}

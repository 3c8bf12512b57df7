import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'

/** A machine with folders of /etc that labs have, too, is had in a mount namespace of one's own, which takes root. */
const isRoot = process.getuid?.() === 0

it.skipIf(!isRoot)(
  'a machine that has pods or runtimes of its own in /etc stands in no way of a lab',
  async () => {
    const session = openSession()
    const etc = join(session.folder, 'etc')
    const script = `
    cp -a /etc "$1"
    mkdir -p "$1/netns/somebody" "$1/cni/net.d" "$1/cni/networks" "$1/flannel"
    : > "$1/cni/net.d/87-somebody.conflist"
    mount --bind "$1" /etc
    shift
    for lab in cni-bridge flannel-host-gw; do "$@" up $lab --quiet; "$@" verify $lab --requests 5 --json > /dev/null; "$@" down $lab; done
  `
    const netlab = [process.execPath, ...session.command([])]
    const words = [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-ec',
      script,
      'sh',
      etc,
      ...netlab,
    ]
    const { exitCode, stdout, stderr } = await session.startProgram(words)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(
      /cni-bridge is down: .*nothing is left[\s\S]*flannel-host-gw is down: .*nothing is left/,
    )
  },
)

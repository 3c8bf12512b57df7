import type { Finding } from './finding.ts'

/** What is known of the machine without starting anything. */
export interface System {
  /** As `process.platform` names it. */
  platform: string
  /** As `uname -r` prints it: `6.1.0-18-amd64`. */
  kernelRelease: string
  /** The text of /etc/os-release, empty where there is none. */
  osRelease: string
  /** Of Node, without the `v`. */
  nodeVersion: string
}

/** On anything but Linux that is all there is to say: labs are made of the Linux kernel's parts. */
export function operatingSystem({ platform, osRelease }: System): Finding {
  const topic = 'operating system'
  const means =
    'Labs are made of network namespaces, which only Linux has. Use a small Linux machine inside this one.'
  if (platform === 'linux') return { topic, state: 'ok', found: prettyName(osRelease) ?? 'Linux' }
  if (platform === 'darwin') {
    const fix = ['brew install --cask multipass', 'multipass launch --name netlab', 'multipass shell netlab']
    return { topic, state: 'missing', found: 'macOS', means, fix }
  }
  if (platform === 'win32')
    return { topic, state: 'missing', found: 'Windows', means, fix: ['wsl --install -d Debian'] }
  return { topic, state: 'missing', found: platform, means }
}

/** 5.11 is the first kernel that mounts an overlay in a user namespace. */
export function kernelVersion({ kernelRelease }: System): Finding {
  const topic = 'kernel'
  if (isAtLeast(kernelRelease, 5, 11)) return { topic, state: 'ok', found: kernelRelease }
  return {
    topic,
    state: 'missing',
    found: `${kernelRelease}, 5.11 or newer is needed`,
    means:
      'Every lab has its own /etc, laid over the real one; older kernels let only real root do that. A newer release of your distribution brings a newer kernel.',
  }
}

/** Of Node, as package.json's `engines` asks for it. */
export function nodeVersion({ nodeVersion: found }: System): Finding {
  if (isAtLeast(found, 20, 19)) return { topic: 'node', state: 'ok', found }
  return {
    topic: 'node',
    state: 'missing',
    found: `${found}, 20.19 or newer is needed`,
    means: 'Install a newer Node from https://nodejs.org.',
  }
}

function prettyName(osRelease: string): string | undefined {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1]
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [, foundMajor = 0, foundMinor = 0] = (/^(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  return foundMajor > major || (foundMajor === major && foundMinor >= minor)
}

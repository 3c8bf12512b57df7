import { spawnSync } from 'node:child_process'

/** Runs a shell script in user and network namespaces of its own, which end with it: the machine's rules are out of reach. */
export function inNamespace(script: string): string {
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--user', '--map-root-user', '--net', 'sh', '-e'],
    { input: script, encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** Whether there is an nft that makes rules in a user namespace. */
export const nftWorks = (() => {
  try {
    return inNamespace('nft add table ip t') === ''
  } catch {
    return false
  }
})()

import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { commandLine, shellLine } from '../../src/command/command-line.ts'
import { typedLines } from '../../src/command/typed-lines.ts'

/** What comes of lines that are pasted into a machine's shell, which has netlab and no other program: what netlab is asked, and what else there was. */
function pasted(lines: readonly string[]): { asked: string[][]; complaints: string } {
  const { stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', `netlab() { printf '%s\\0' "$@"; printf '\\1\\0'; }\n${lines.join('\n')}`],
    { encoding: 'utf8', env: { PATH: '/nowhere' } },
  )
  const asked = stdout.split('\x01\0').slice(0, -1)
  return { asked: asked.map(words => words.split('\0').slice(0, -1)), complaints: stderr }
}

const inLab = ['exec', 'clusterip', '--']
const word = fc.string().map(text => text.replaceAll('\0', '').replaceAll('\x01', ''))

it('two commands that mend are two lines, and both run in the lab', () => {
  const lines = typedLines(
    'clusterip',
    'ip -n a link set dev eth0 up && ip -n a route add default via 10.0.0.1',
  )
  expect(lines).toEqual([
    'netlab exec clusterip -- ip -n a link set dev eth0 up',
    'netlab exec clusterip -- ip -n a route add default via 10.0.0.1',
  ])
})

it('what netlab itself does is typed as it is', () => {
  const lines = typedLines('web', "netlab sync web && nft 'flush chain ip kube-proxy services'")
  expect(lines).toEqual(['netlab sync web', "netlab exec web -- nft 'flush chain ip kube-proxy services'"])
})

it('whatever the words are, each command arrives in the lab as it was, and nothing runs beside', () => {
  const command = fc.array(word, { minLength: 1, maxLength: 5 }).filter(([first]) => first !== 'netlab')
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 3 }), commands => {
      const { asked, complaints } = pasted(typedLines('clusterip', commands.map(shellLine).join(' && ')))
      expect(asked).toEqual(commands.map(argv => [...inLab, ...argv]))
      expect(complaints).toBe('')
    }),
    { numRuns: 60 },
  )
})

it.each([
  'ip link show | grep eth0',
  'ip link; reboot',
  'ip link & reboot',
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'ip link || reboot',
  'ip addr add $(cat /etc/hostname)',
  commandLine({ argv: ['tee', '/etc/hosts'], in: 'lab', input: '10.0.0.1 a\n' }),
  commandLine({ argv: ['tee', '/etc/hosts'], in: 'lab', input: '10.0.0.1 a' }),
])('what only a shell can do is one for a shell in the lab: %s', line => {
  expect(pasted(typedLines('clusterip', line))).toEqual({
    asked: [[...inLab, 'sh', '-c', line]],
    complaints: '',
  })
})

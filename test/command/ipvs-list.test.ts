import { expect, it } from 'vitest'
import { host } from '../../src/command/command.ts'
import { parseServers } from '../../src/command/ipvs-list.ts'
import { IpvsState } from '../../src/command/ipvs-state.ts'

/** As ipvsadm 1.31 has printed it on Linux 6.1. */
const listed = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.9.9.9:81 mh (mh-port)
TCP  10.9.9.9:82 sh persistent 600
  -> 10.0.0.13:82                 Masq    0      2          1         
TCP  10.100.0.1:80 rr
  -> 10.0.0.12:8080               Masq    1      0          0         
  -> 10.0.0.13:8080               Masq    3      0          0         
UDP  [fd00::9]:53 lc
  -> [fd00::c]:53                 Masq    1      0          0         
FWM  3 rr
  -> 10.0.0.11:0                  Masq    1      0          0         
`

const servers = {
  'TCP 10.9.9.9:81': { scheduler: 'mh', persistent: 0, realServers: {} },
  'TCP 10.9.9.9:82': { scheduler: 'sh', persistent: 600, realServers: { '10.0.0.13:82': [0, 3] } },
  'TCP 10.100.0.1:80': {
    scheduler: 'rr',
    persistent: 0,
    realServers: { '10.0.0.12:8080': [1, 0], '10.0.0.13:8080': [3, 0] },
  },
  'UDP [fd00::9]:53': { scheduler: 'lc', persistent: 0, realServers: { '[fd00::c]:53': [1, 0] } },
}

function plain(of: ReturnType<typeof parseServers>): unknown {
  return Object.fromEntries(
    [...of].map(([key, { scheduler, persistent, realServers }]) => [
      key,
      {
        scheduler,
        persistent,
        realServers: Object.fromEntries(
          [...realServers].map(([each, { weight, connections }]) => [each, [weight, connections]]),
        ),
      },
    ]),
  )
}

it('reads what ipvsadm lists, but for virtual servers by a mark', () => {
  expect(plain(parseServers(listed))).toEqual(servers)
  expect(plain(parseServers(''))).toEqual({})
})

it('knows the same of the commands that have made it', () => {
  const state = new IpvsState()
  for (const line of [
    '-A -t 10.9.9.9:81 -s mh -b mh-port',
    '-A -t 10.9.9.9:82 -s rr',
    '--add-server --tcp-service 10.9.9.9:82 -r 10.0.0.13:82 -m',
    '-e -t 10.9.9.9:82 -r 10.0.0.13:82 -m -w 0',
    '-E -t 10.9.9.9:82 -s sh -p 600',
    '-A -t 10.100.0.1:80 -s rr',
    '-a -t 10.100.0.1:80 -r 10.0.0.12:8080 -m -w 1',
    '-a -t 10.100.0.1:80 -r 10.0.0.13:8080 -m -w 3',
    '-a -t 10.100.0.1:80 -r 10.0.0.14:8080 -m -w 1',
    '-d -t 10.100.0.1:80 -r 10.0.0.14:8080',
    '-A -u [fd00::9]:53 -s lc',
    '-a -u [fd00::9]:53 -r [fd00::c]:53 -m',
    '-A -f 3 -s rr',
    '-A -t 10.9.9.9:83 -s rr',
    '-D -t 10.9.9.9:83',
  ])
    state.note(host, ['ipvsadm', ...line.split(' ')])
  const known = plain(state.servers(host)) as typeof servers
  // Of connections no command tells.
  known['TCP 10.9.9.9:82'].realServers['10.0.0.13:82'] = [0, 3]
  expect(known).toEqual(servers)
  expect(plain(state.servers('n1'))).toEqual({})
})

it('knows what the kernel takes where nothing is said', () => {
  const state = new IpvsState()
  state.note('n1', ['ipvsadm', '-A', '-t', '10.9.9.9:80', '-p'])
  expect(plain(state.servers('n1'))).toEqual({
    'TCP 10.9.9.9:80': { scheduler: 'wlc', persistent: 300, realServers: {} },
  })
})

import { expect, test } from 'vitest'
import { trackedConnections } from '../../src/observe/connection-table.ts'

test('a connection is read with its state, its protocol and a number that no other has', () => {
  const text = [
    'tcp      6 117 TIME_WAIT src=10.0.0.21 dst=10.100.100.100 sport=41234 dport=8080 src=10.0.0.11 dst=10.0.0.1 sport=8080 dport=41234 [ASSURED] mark=0 use=1 id=4031204226',
    'udp      17 28 src=fd00::1 dst=fd00::53 sport=5000 dport=53 [UNREPLIED] src=fd00::53 dst=fd00::1 sport=53 dport=5000 mark=0 use=1 id=7',
    'tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 src=10.0.0.2 dst=10.0.0.1 sport=2 dport=1 [ASSURED] mark=0 use=1 id=8',
    'conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.',
  ].join('\n')
  expect(trackedConnections(text)).toEqual([
    expect.objectContaining({
      ...{ id: '4031204226', protocol: 'tcp', state: 'TIME_WAIT' },
      ...{ destination: '10.100.100.100', port: 8080, replySource: '10.0.0.11', replySourcePort: 8080 },
    }),
    expect.not.objectContaining({ state: expect.anything() }),
    expect.objectContaining({ id: '8', protocol: 'tcp', state: 'ESTABLISHED' }),
  ])
  expect(trackedConnections(text)[1]).toMatchObject({ id: '7', protocol: 'udp', unreplied: true })
})

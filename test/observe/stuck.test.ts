import { expect, it } from 'vitest'
import { stuckEnd } from '../../src/observe/stuck.ts'

/** What ss 6.1 printed, with less in it. */
const line = (changes: Readonly<Record<string, string>> = {}) => {
  const values = {
    ...{
      rto: '204',
      mss: '1448',
      pmtu: '1500',
      bytes_sent: '15375',
      bytes_retrans: '7240',
      bytes_received: '83',
    },
    ...{ lastsnd: '80', lastrcv: '92', unacked: '6', retrans: '5/5', lost: '5' },
    ...changes,
  }
  const details = Object.entries(values).map(([key, value]) => `${key}:${value}`)
  return `ESTAB 0      8135   [::ffff:10.2.2.7]:80 [::ffff:10.1.1.9]:58890 bbr wscale:10,10 ${details.join(' ')} app_limited`
}
const seen = (...lines: string[]) => ['100.50', '100.70', ...lines].join('\n')

it('reads who waits in vain for a confirmation, and how large its packets are', () => {
  expect(stuckEnd(seen(`1 ${line()}`))).toEqual({
    end: 1,
    stuck: {
      size: 1500,
      text: 'ESTAB 0 8135 10.2.2.7:80 10.1.1.9:58890 mss:1448 pmtu:1500 unacked:6 retrans:5/5',
    },
  })
  // The other end has said that it takes less than the way does.
  expect(stuckEnd(seen(`0 ${line({ mss: '1348' })}`))).toMatchObject({ end: 0, stuck: { size: 1400 } })
})

it('counts the larger header of IPv6', () => {
  const text = line({ mss: '1428' }).replaceAll('::ffff:10.', 'fd00::')
  expect(stuckEnd(seen(`1 ${text}`))).toMatchObject({ stuck: { size: 1500 } })
  expect(stuckEnd(seen(`1 ${line({ mss: '1428' })}`))).toMatchObject({ stuck: { size: 1480 } })
})

it.each([
  ['nothing waits', line().replace('8135', '0')],
  ['the handshake has not come about', line().replace('ESTAB', 'SYN-SENT')],
  ['nothing has come through', line({ bytes_received: '0' })],
  ['it is from a time before', line({ lastrcv: '5000' })],
])('%s: that says nothing of sizes', (_, text) => {
  expect(stuckEnd(seen(`1 ${text}`))).toBeUndefined()
})

it('reads nothing out of nothing', () => {
  expect(stuckEnd('')).toBeUndefined()
  expect(stuckEnd(seen('', 'Terminated'))).toBeUndefined()
})

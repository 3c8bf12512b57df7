import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonical,
  contains,
  isAddress,
  joinHostPort,
  overlap,
  readAddress,
  readCidr,
  readRange,
  splitHostPort,
  subnetOf,
  usable,
} from '../../src/model/address.ts'

const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
/** Unique local addresses, which any machine may have, as eight groups. */
const ownAddress = groups.map(([, ...rest]) => [0xfd00, ...rest].map(group => group.toString(16)))

describe('an IPv6 address', () => {
  it('has one form inside, whatever was written (RFC 5952)', () => {
    const forms = [
      'fd00::b',
      'FD00::B',
      'fd00:0:0::b',
      'fd00:0:0:0:0:0:0:b',
      'fd00:0000::000b',
      'fd00::0.0.0.11',
    ]
    for (const form of forms) expect(readAddress(form)).toEqual({ address: 'fd00::b' })
    // The longest run of zeros, the first of two; a single zero group stays.
    expect(canonical('fd00:0:0:1:0:0:0:1')).toBe('fd00:0:0:1::1')
    expect(canonical('fd00:0:0:1:0:0:1:1')).toBe('fd00::1:0:0:1:1')
    expect(canonical('fd00:0:1:1:1:1:1:1')).toBe('fd00:0:1:1:1:1:1:1')
  })

  it('written long, short or loud is the same', () => {
    fc.assert(
      fc.property(ownAddress, written => {
        const long = written.map(group => group.padStart(4, '0').toUpperCase()).join(':')
        const address = canonical(written.join(':'))
        expect(readAddress(long)).toEqual({ address })
        expect(canonical(address)).toBe(address)
      }),
    )
  })

  it.each([
    '::',
    '::1',
    'ff02::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '::10.0.0.1',
    'fd00::1%eth0',
    '[fd00::1]',
    'fd00::1::2',
    'fd00:1',
    ':',
  ])('of a machine is not %s', text => expect(readAddress(text)).toHaveProperty('refusal'))
})

it.each(
  [
    ['0.0.0.0', '10.0.0.1', '199.249.255.90', '255.255.255.255', '::', 'fd00::b', '::ffff:10.0.0.1'].map(
      one => ({ one, is: true }),
    ),
    [
      '',
      '10.0.0',
      '10.0.0.1.2',
      '256.0.0.1',
      '010.0.0.1',
      '10.0.0.00',
      '10.0.0.1/32',
      ' 10.0.0.1',
      '10.0.0.1\n',
      'fd00::b/64',
      'fe80::1%eth0',
      'fd00',
    ].map(one => ({ one, is: false })),
  ].flat(),
)('$one alone is an address: $is', ({ one, is }) => expect(isAddress(one)).toBe(is))

describe('a subnet', () => {
  it('holds addresses of its own family only', () => {
    expect(contains({ address: 'fd00::', prefix: 64 }, 'fd00::ffff')).toBe(true)
    expect(contains({ address: 'fd00::', prefix: 64 }, 'fd00:0:0:1::1')).toBe(false)
    expect(contains({ address: '::', prefix: 0 }, '10.0.0.1')).toBe(false)
    expect(contains({ address: '0.0.0.0', prefix: 0 }, 'fd00::1')).toBe(false)
    expect(overlap({ address: 'fd00::', prefix: 48 }, { address: 'fd00:0:0:9::1', prefix: 64 })).toBe(true)
    expect(overlap({ address: '10.0.0.0', prefix: 8 }, { address: 'fd00::', prefix: 8 })).toBe(false)
  })

  it('has room, and a first address', () => {
    expect(readCidr('FD00:0::B/64')).toEqual({ address: 'fd00::b', prefix: 64 })
    expect(subnetOf({ address: 'fd00:1:2:3:4::5', prefix: 64 })).toBe('fd00:1:2:3::/64')
    expect(usable({ address: 'fd00::b', prefix: 64 })).toEqual(['fd00::1', 'fd00::2'])
    expect(readCidr('fd00::1/126')).toEqual({ address: 'fd00::1', prefix: 126 })
    expect(readCidr('fd00::1/127')).toMatchObject({ refusal: 'a /127 has no room for two machines' })
    expect(readCidr('fd00::/64')).toMatchObject({
      refusal: 'fd00:: is the subnet-router anycast address of fd00::/64',
    })
    // IPv6 has no broadcast.
    expect(readCidr('fd00::ffff:ffff:ffff:ffff/64')).toEqual({
      address: 'fd00::ffff:ffff:ffff:ffff',
      prefix: 64,
    })
    expect(readRange('::/0')).toEqual({ address: '::', prefix: 0 })
    expect(readRange('fd00:0::/48')).toEqual({ address: 'fd00::', prefix: 48 })
    expect(readRange('fd00::1/48')).toMatchObject({ fix: 'write fd00::/48' })
  })

  it('is the same for all that it holds', () => {
    fc.assert(
      fc.property(ownAddress, fc.integer({ min: 8, max: 126 }), (written, prefix) => {
        const cidr = { address: canonical(written.join(':')), prefix }
        const [address] = subnetOf(cidr).split('/')
        expect(contains(cidr, address!)).toBe(true)
        expect(subnetOf({ address: address!, prefix })).toBe(subnetOf(cidr))
        expect(overlap(cidr, { address: address!, prefix })).toBe(true)
      }),
    )
  })
})

it('an address and a port are put together and taken apart', () => {
  expect(joinHostPort('fd00::b', 8080)).toBe('[fd00::b]:8080')
  expect(joinHostPort('10.0.0.11', 8080)).toBe('10.0.0.11:8080')
  expect(splitHostPort('[fd00::b]:8080')).toEqual({ address: 'fd00::b', port: 8080 })
  expect(splitHostPort('10.0.0.11:8080')).toEqual({ address: '10.0.0.11', port: 8080 })
  expect(splitHostPort('fd00::b')).toEqual({ address: 'fd00::b' })
  expect(splitHostPort(':8080')).toEqual({ address: '', port: 8080 })
})

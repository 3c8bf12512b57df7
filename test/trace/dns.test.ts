import { expect, test } from 'vitest'
import { dnsQuestion, readDnsAnswer } from '../../src/trace/dns.ts'

const id = Buffer.from([0xab, 0xcd])

test('a question has the name in labels', () => {
  const question = dnsQuestion(id, 'web.default.svc')
  expect(question.subarray(0, 4).toString('hex')).toBe('abcd0100')
  expect(question.subarray(12).toString('latin1')).toBe('\u0003web\u0007default\u0003svc\0\0\u0001\0\u0001')
})

test('an answer says the first address', () => {
  const question = dnsQuestion(id, 'web')
  const head = Buffer.from(question.subarray(0, 12))
  head[2] = 0x81
  head[7] = 1
  const record = Buffer.from('c00c0001000100000005000400000000', 'hex')
  record.set([10, 96, 0, 80], 12)
  expect(readDnsAnswer(Buffer.concat([head, question.subarray(12), record]))).toEqual({
    code: 'no error',
    address: '10.96.0.80',
  })
})

test('no such name is an answer, a question is none, and what is cut off ends', () => {
  const question = dnsQuestion(id, 'web')
  expect(readDnsAnswer(question)).toBeUndefined()
  const answer = Buffer.from(question)
  answer.writeUInt16BE(0x8183, 2)
  expect(readDnsAnswer(answer)).toEqual({ code: 'no such name' })
  answer.writeUInt16BE(0xffff, 6)
  expect(readDnsAnswer(answer.subarray(0, 20))).toEqual({ code: 'no such name' })
})

import { expect, it } from 'vitest'
import { summaryOf } from '../../src/plan/lab-summary.ts'
import { labOf } from './lab-text.ts'

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ')
const lab = (why: string, run: string) =>
  labOf(`name: lab
title: A lab
article: An article
networks: {lan: {}}
machines:
  a: {interfaces: {eth0: {network: lan, address: 10.1.1.1/24}}, command: nginx, ports: {http: 80}}
steps: [{title: One, in: a, why: "${why}", run: [${run}], check: [{command: dig a}]}]
`)

it('a lab in short has what it runs by name, and an estimate of its minutes', () => {
  expect(summaryOf(lab('Because.', 'ip link'))).toEqual({
    ...{ name: 'lab', title: 'A lab', steps: 3, tasks: 0, minutes: 1, article: 'An article' },
    programs: ['ip', 'mkdir', 'tee', 'nginx', 'dig'],
    kernel: [],
  })
})

it('text and commands take their time', () => {
  expect(summaryOf(lab(words(598), 'ip link')).minutes).toBe(4)
  const commands = Array.from({ length: 19 }, () => 'ip link').join(', ')
  expect(summaryOf(lab(words(598), commands)).minutes).toBe(7)
})

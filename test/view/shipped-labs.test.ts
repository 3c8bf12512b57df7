import { expect, it } from 'vitest'
import { renderShippedLabs } from '../../src/view/shipped-labs.ts'
import { plainStyle } from '../../src/view/terminal.ts'

const labs = [
  {
    name: 'two-pods',
    title: 'Two pods on a bridge',
    steps: 1,
    tasks: 0,
    minutes: 1,
    packages: [],
    kernel: [],
  },
  {
    ...{
      name: 'kube-proxy-chains',
      title: 'Reading the chains that every cluster has',
      steps: 7,
      tasks: 0,
      minutes: 5,
    },
    ...{ packages: ['dnsmasq-base', 'bind9-dnsutils'], article: '没有 kube-proxy 组件的集群' },
    kernel: ['IPVS', 'ipip'],
  },
]

it('has names in a column of their own, and the facts below the title', () => {
  expect(renderShippedLabs(plainStyle(80), labs)).toBe(`two-pods           Two pods on a bridge
                   1 step · 1 min
kube-proxy-chains  Reading the chains that every cluster has
                   7 steps · 5 min · needs dnsmasq-base, bind9-dnsutils
                   needs a kernel with IPVS, ipip
                   after 没有 kube-proxy 组件的集群

Try:  netlab walk clusterip · netlab up clusterip · netlab plan clusterip
`)
})

it('has the title below the name where there is little room', () => {
  expect(renderShippedLabs(plainStyle(40), labs)).toBe(`two-pods
  Two pods on a bridge
  1 step · 1 min
kube-proxy-chains
  Reading the chains that every cluster
  has
  7 steps · 5 min
  needs dnsmasq-base, bind9-dnsutils
  needs a kernel with IPVS, ipip
  after 没有 kube-proxy 组件的集群

Try:  netlab walk clusterip
      netlab up clusterip
      netlab plan clusterip
`)
})

it('has exercises below the lessons, in the order of their names', () => {
  const [lesson] = labs
  const exercise = { ...lesson!, tasks: 1, minutes: 6, steps: 7 }
  const all = [
    { ...exercise, name: 'exercise-01-a', title: 'Nobody answers' },
    { ...exercise, name: 'exercise-02-b', title: 'Everybody answers' },
    lesson!,
  ]
  expect(renderShippedLabs(plainStyle(80), all)).toBe(`two-pods  Two pods on a bridge
          1 step · 1 min

Exercises, from easy to hard: something is wrong, and you are to mend it.
docs/exercises.md says which lesson to do before each.

exercise-01-a  Nobody answers
               6 min
exercise-02-b  Everybody answers
               6 min

Try:  netlab walk clusterip · netlab up clusterip · netlab plan clusterip
      netlab walk exercise-01-a
`)
})

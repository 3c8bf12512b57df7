import { expect, it } from 'vitest'
import { renderPlan } from '../../src/view/plan-text.ts'
import { command, dnatStep, plain, plan, steps } from './fixtures.ts'

const short = { ...plan, steps: [steps[0]!, dnatStep] }

it('reads as the steps, their reasons, commands and checks', () => {
  expect(renderPlan(plain(80), short)).toMatchInlineSnapshot(`
    "clusterip: From one DNAT rule to a load-balanced ClusterIP
    2 steps, 2 commands, 2 checks

    1/2 Forwarding
        A machine that forwards is a router.

        $ sysctl -w net.ipv4.ip_forward=1

    2/2 A virtual IP with one DNAT rule
        A cluster IP belongs to no interface: nothing answers for it. One rule
        rewrites the destination of every packet to it.

        From netns_011 itself it fails, because the answer takes a short cut.

        $ iptables --table nat --new HTTP-SERVICE

        check  curl 10.100.100.100:8080 from host: netns_011 answers
        check  curl 10.100.100.100:8080 from netns_011: fails
    "
  `)
  expect(renderPlan(plain(40), short)).toMatchInlineSnapshot(`
    "clusterip: From one DNAT rule to a
      load-balanced ClusterIP
    2 steps, 2 commands, 2 checks

    1/2 Forwarding
        A machine that forwards is a router.

        $ sysctl -w net.ipv4.ip_forward=1

    2/2 A virtual IP with one DNAT rule
        A cluster IP belongs to no
        interface: nothing answers for it.
        One rule rewrites the destination of
        every packet to it.

        From netns_011 itself it fails,
        because the answer takes a short
        cut.

        $ iptables --table nat --new HTTP-SERVICE

        check  curl 10.100.100.100:8080 from
               host: netns_011 answers
        check  curl 10.100.100.100:8080 from
               netns_011: fails
    "
  `)
})

it('says below a step what its checks show, and below its question', () => {
  const because = 'It would have to leave by the port that it came in by.'
  const question = { ask: 'Who answers?', answers: ['netns_011', 'nobody'] }
  const told = {
    ...plan,
    steps: [
      { ...dnatStep, because },
      { ...dnatStep, question, because },
    ],
  }
  const [one, other] = renderPlan(plain(80), told).split('2/2 ')
  expect(one).toMatch(/: fails\n {4}because {2}It would have/)
  expect(other).toMatch(
    /: fails\n\n {4}ask {2}Who answers\?\n {4}right {2}netns_011\n {4}wrong {2}nobody\n {4}because {2}It/,
  )
})

it('says in plain words what a command is for, where it is asked to', () => {
  const explained = {
    ...dnatStep.actions[0]!,
    explain: '10.100.100.100:8080 is the cluster IP of default/web',
  }
  const rules = { ...short, steps: [{ ...dnatStep, actions: [explained] }] }
  expect(renderPlan(plain(40), rules, true)).toContain(`
    # 10.100.100.100:8080 is the cluster
    # IP of default/web
    $ iptables --table nat --new HTTP-SERVICE
`)
  expect(renderPlan(plain(40), rules)).not.toContain('#')
})

it('keeps a here-document as it is pasted', () => {
  const tee = { command: { ...command('tee /etc/hosts'), input: '10.0.0.11 a\n' }, undo: [] }
  const text = renderPlan(plain(80), {
    ...plan,
    steps: [{ ...dnatStep, why: '', actions: [tee], checks: [] }],
  })
  expect(text).toContain("\n    $ tee /etc/hosts >/dev/null <<'END'\n10.0.0.11 a\nEND\n")
})

it('says a title that is only the name once', () => {
  expect(renderPlan(plain(80), { ...short, title: short.lab })).toMatch(/^clusterip\n2 steps/)
})

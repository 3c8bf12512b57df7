import { expect, it } from 'vitest'
import {
  keyLine,
  lessonCheck,
  lessonCommand,
  lessonOutput,
  lessonTitle,
  stepHeading,
  stepWhy,
} from '../../src/view/lesson.ts'
import type { Style } from '../../src/view/terminal.ts'
import { renderTranscript } from '../../src/view/transcript.ts'
import { coloured, command, dnatStep, failedCheck, heldCheck, plain, plan } from './fixtures.ts'

const ping = command('ping -c 1 10.0.0.1', 'netns_011')

function screen(style: Style): string {
  return [
    lessonTitle(style, plan.lab, plan.title, 9),
    stepHeading(style, 3, 9, dnatStep.title),
    stepWhy(style, dnatStep.why),
    lessonCommand(style, ping),
    lessonOutput(style, '64 bytes from 10.0.0.1\n\n1 received\n'),
    lessonCheck(style, heldCheck),
    lessonCheck(style, failedCheck),
    keyLine(style),
  ].join('')
}

it('is a lesson in 80 and in 40 columns', () => {
  expect(screen(plain(80))).toMatchInlineSnapshot(`
    "From one DNAT rule to a load-balanced ClusterIP
    clusterip, 9 steps
    ── 4/9  A virtual IP with one DNAT rule ────────────────────────────────────────
    A cluster IP belongs to no interface: nothing answers for it. One rule rewrites
    the destination of every packet to it.

    From netns_011 itself it fails, because the answer takes a short cut.
    $ ip netns exec netns_011 ping -c 1 10.0.0.1
      64 bytes from 10.0.0.1

      1 received
    ✔ curl 10.100.100.100:8080 from host
        expected  netns_011 answers
        observed  netns_011 answered
    ✘ curl 10.100.100.100:8080 from netns_011
        expected  netns_011 answers
        observed  timed out after 0.5 s
    Enter go on · b back · r repeat · s shell · q quit"
  `)
  expect(screen(plain(40))).toMatchInlineSnapshot(`
    "From one DNAT rule to a load-balanced
    ClusterIP
    clusterip, 9 steps
    ── 4/9  A virtual IP with one DNAT rule
    A cluster IP belongs to no interface:
    nothing answers for it. One rule
    rewrites the destination of every packet
    to it.

    From netns_011 itself it fails, because
    the answer takes a short cut.
    $ ip netns exec netns_011 ping -c 1 10.0.0.1
      64 bytes from 10.0.0.1

      1 received
    ✔ curl 10.100.100.100:8080 from host
        expected  netns_011 answers
        observed  netns_011 answered
    ✘ curl 10.100.100.100:8080 from
        netns_011
        expected  netns_011 answers
        observed  timed out after 0.5 s
    Enter go on · b back · r repeat
    s shell · q quit"
  `)
})

it('dims what commands print', () => {
  expect(lessonOutput(coloured(80), 'a\n')).toBe('\u001b[2m  a\u001b[22m\n')
  expect(lessonOutput(coloured(80), '\n')).toBe('')
})

it('is recorded as Markdown that reads on its own', () => {
  const record = {
    lab: plan.lab,
    title: plan.title,
    date: '2025-03-01',
    steps: [
      {
        ...dnatStep,
        commands: [
          { command: ping, output: '1 received\n' },
          { command: command('ip link'), output: '' },
        ],
        checks: [heldCheck, { ...failedCheck, evidence: { headline: 'no route', lines: [] } }],
      },
      { title: 'Only words <b>', why: 'Nothing to do.', commands: [], checks: [] },
    ],
  }
  expect(renderTranscript(record)).toMatchInlineSnapshot(`
    "# From one DNAT rule to a load-balanced ClusterIP

    Lab \`clusterip\`, 2025-03-01: 2 steps, 1 of 2 checks held.

    ## 1. A virtual IP with one DNAT rule

    A cluster IP belongs to no interface: nothing answers for it.
    One rule rewrites the destination of every packet to it.

    From netns_011 itself it fails, because the answer takes a short cut.

    \`\`\`console
    $ ip netns exec netns_011 ping -c 1 10.0.0.1
    1 received
    $ ip link
    \`\`\`

    - ✔ \`curl 10.100.100.100:8080 from host\`: netns_011 answered
    - ✘ \`curl 10.100.100.100:8080 from netns_011\`: expected netns_011 answers, observed timed out after 0.5 s (no route)

    ## 2. Only words \\<b\\>

    Nothing to do.
    "
  `)
})

it('keeps a block of code closed whatever a command prints', () => {
  const steps = [{ title: 'x', why: '', commands: [{ command: ping, output: '```\n# out' }], checks: [] }]
  const text = renderTranscript({ lab: 'x', title: '', date: 'd', steps })
  expect(text).toContain('````console\n')
  expect(text.endsWith('# out\n````\n')).toBe(true)
})

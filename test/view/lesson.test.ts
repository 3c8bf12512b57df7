import { expect, it } from 'vitest'
import type { WalkedStep } from '../../src/lesson/lesson-record.ts'
import { foldLine, foldsIn } from '../../src/view/folded-commands.ts'
import {
  keyLine,
  lessonCheck,
  lessonCommand,
  lessonFailure,
  lessonFolds,
  lessonOutput,
  lessonPreview,
  lessonSummary,
  lessonTitle,
  renderKept,
  rowsOf,
  stepHeading,
  stepWhy,
} from '../../src/view/lesson.ts'
import { type LessonRecord, lessonDocument } from '../../src/view/record/document.ts'
import { renderMarkdown } from '../../src/view/record/markdown.ts'
import type { Style } from '../../src/view/terminal.ts'
import {
  action,
  built,
  coloured,
  command,
  dnatStep,
  failedCheck,
  heldCheck,
  plain,
  plan,
  step,
} from './fixtures.ts'

const ping = command('ping -c 1 10.0.0.1', 'netns_011')
const failure = {
  command: command('ip link show nope'),
  exitCode: 1,
  stderr: 'Device "nope" does not exist.\n',
}

function screen(style: Style): string {
  return [
    lessonTitle(style, built),
    stepHeading(style, 3, 9, dnatStep.title),
    stepWhy(style, dnatStep.why),
    lessonPreview(style, dnatStep, 20),
    lessonCommand(style, ping),
    lessonOutput(style, '64 bytes from 10.0.0.1\n\n1 received\n'),
    lessonCommand(style, failure.command),
    lessonFailure(style, failure, 2),
    lessonCheck(style, heldCheck),
    lessonCheck(style, failedCheck),
    keyLine(style, [
      { key: 'Enter', does: 'go on' },
      { key: 'b', does: 'back' },
      { key: 's', does: 'shell' },
      { key: 'q', does: 'quit' },
    ]),
  ].join('')
}

/** As Markdown, with a picture in the folder beside it. */
function transcript(record: Omit<LessonRecord, 'picture' | 'pictures'>): string {
  const drawn = { picture: '<svg/>', pictures: new Map<number, string>() }
  return renderMarkdown(lessonDocument({ ...record, ...drawn }), 'lesson-pictures')
}

function walked(more: Partial<WalkedStep> = {}): WalkedStep {
  const commands = [
    { command: ping, output: '1 received\n' },
    { command: command('ip link'), output: '' },
  ]
  return { step: dnatStep, ok: true, commands, checks: [heldCheck], traces: [], shell: false, ...more }
}

it('is a lesson in 80 and in 40 columns', () => {
  expect(screen(plain(80))).toMatchInlineSnapshot(`
    "From one DNAT rule to a load-balanced ClusterIP
    clusterip, 4 steps

    pods      netns_011 10.0.0.11 · netns_021 10.0.0.21
    outside   client 192.0.2.10
    services  default/http-server 10.100.100.100:8080
    ── 4/9  A virtual IP with one DNAT rule ────────────────────────────────────────
    A cluster IP belongs to no interface: nothing answers for it. One rule rewrites
    the destination of every packet to it.

    From netns_011 itself it fails, because the answer takes a short cut.
    $ iptables --table nat --new HTTP-SERVICE

    then it is checked:
    ? curl 10.100.100.100:8080 from host
    ? curl 10.100.100.100:8080 from netns_011
    $ ip netns exec netns_011 ping -c 1 10.0.0.1
      64 bytes from 10.0.0.1

      1 received
    $ ip link show nope
      exit code 1:
        Device "nope" does not exist.
      The step ends here: 2 commands and its checks were left out.
    ✔ curl 10.100.100.100:8080 from host
        expected  netns_011 answers
        observed  netns_011 answered
    ✘ curl 10.100.100.100:8080 from netns_011
        expected  netns_011 answers
        observed  timed out after 0.5 s
    Enter go on · b back · s shell · q quit"
  `)
  expect(screen(plain(40))).toMatchInlineSnapshot(`
    "From one DNAT rule to a load-balanced
    ClusterIP
    clusterip, 4 steps

    pods      netns_011 10.0.0.11
              netns_021 10.0.0.21
    outside   client 192.0.2.10
    services  default/http-server
              10.100.100.100:8080
    ── 4/9  A virtual IP with one DNAT rule
    A cluster IP belongs to no interface:
    nothing answers for it. One rule
    rewrites the destination of every packet
    to it.

    From netns_011 itself it fails, because
    the answer takes a short cut.
    $ iptables --table nat --new HTTP-SERVICE

    then it is checked:
    ? curl 10.100.100.100:8080 from host
    ? curl 10.100.100.100:8080 from
      netns_011
    $ ip netns exec netns_011 ping -c 1 10.0.0.1
      64 bytes from 10.0.0.1

      1 received
    $ ip link show nope
      exit code 1:
        Device "nope" does not exist.
      The step ends here: 2 commands and its
      checks were left out.
    ✔ curl 10.100.100.100:8080 from host
        expected  netns_011 answers
        observed  netns_011 answered
    ✘ curl 10.100.100.100:8080 from
        netns_011
        expected  netns_011 answers
        observed  timed out after 0.5 s
    Enter go on · b back · s shell · q quit"
  `)
})

const everyNode = 'what every node has, whatever its services'
const folded = step('Rules', [
  {
    ...action('iptables -t nat -N KUBE-SERVICES'),
    explain: 'a new chain, which every node has',
    fold: everyNode,
  },
  {
    ...action('iptables -t nat -N KUBE-SVC-X'),
    explain: 'a new chain, which chooses an endpoint of default/web',
  },
  {
    ...action('iptables -t nat -I OUTPUT 1 -j KUBE-SERVICES'),
    explain: 'look for a service',
    fold: everyNode,
  },
])

it('shows in one line what is folded, and all of it where it is asked for', () => {
  const [, rule] = folded.actions
  const screenOf = (style: Style) =>
    [
      lessonPreview(style, folded, 20),
      foldLine(style, foldsIn(folded.actions)[0]!, 'u shows them'),
      lessonCommand(style, rule!.command, rule!.explain),
      lessonFolds(style, folded),
    ].join('')
  expect(screenOf(plain(80))).toMatchInlineSnapshot(`
    "… 2 commands: what every node has, whatever its services
    $ iptables -t nat -N KUBE-SVC-X
    … 2 commands: what every node has, whatever its services (u shows them)
    # a new chain, which chooses an endpoint of default/web
    $ iptables -t nat -N KUBE-SVC-X

    2 commands: what every node has, whatever its services
    # a new chain, which every node has
    $ iptables -t nat -N KUBE-SERVICES
    # look for a service
    $ iptables -t nat -I OUTPUT 1 -j KUBE-SERVICES
    "
  `)
  expect(screenOf(plain(40))).toMatchInlineSnapshot(`
    "… 2 commands: what every node has,
      whatever its services
    $ iptables -t nat -N KUBE-SVC-X
    … 2 commands: what every node has,
      whatever its services (u shows them)
    # a new chain, which chooses an endpoint
    # of default/web
    $ iptables -t nat -N KUBE-SVC-X

    2 commands: what every node has,
    whatever its services
    # a new chain, which every node has
    $ iptables -t nat -N KUBE-SERVICES
    # look for a service
    $ iptables -t nat -I OUTPUT 1 -j KUBE-SERVICES
    "
  `)
})

it('counts the commands of a fold that there is no room for', () => {
  expect(lessonPreview(plain(80), folded, 1)).toBe('… and 3 more commands\n')
})

it('leaves out the middle of a long text that a command reads', () => {
  const input = `${Array.from({ length: 40 }, (_, line) => line).join('\n')}\n`
  const lines = lessonCommand(plain(80), { ...command('tee /etc/hosts'), input }).split('\n')
  expect(lines.slice(0, 3)).toEqual(["$ tee /etc/hosts >/dev/null <<'END'", '0', '1'])
  expect(lines).toContain('… 17 more lines …')
  expect(lines.slice(-3)).toEqual(['39', 'END', ''])
})

it('is recorded with what is folded below the rest', () => {
  const commands = folded.actions.map(({ command }) => ({ command, output: '' }))
  const text = transcript({
    lesson: built,
    date: '2025-03-01',
    walked: [walked({ step: folded, commands, checks: [] })],
  })
  expect(text.slice(text.indexOf('## 1.'))).toMatchInlineSnapshot(`
    "## 1. Rules

    \`\`\`console
    # … 2 commands: what every node has, whatever its services, below
    # a new chain, which chooses an endpoint of default/web
    $ iptables -t nat -N KUBE-SVC-X
    \`\`\`

    <details><summary>2 commands: what every node has, whatever its services</summary>

    \`\`\`console
    # a new chain, which every node has
    $ iptables -t nat -N KUBE-SERVICES
    # look for a service
    $ iptables -t nat -I OUTPUT 1 -j KUBE-SERVICES
    \`\`\`

    </details>
    "
  `)
})

it('says what it means that this of several things has come true', () => {
  const either = {
    ...heldCheck,
    means: 'On this kernel the old way still works, since the copy keeps its connection.',
  }
  expect(lessonCheck(plain(40), either)).toBe(`\
✔ curl 10.100.100.100:8080 from host
    expected  netns_011 answers
    observed  netns_011 answered
    so        On this kernel the old way
              still works, since the
              copy keeps its connection.
`)
  const text = transcript({ lesson: built, date: '2025-03-01', walked: [walked({ checks: [either] })] })
  expect(text).toContain('observed: netns_011 answered\\\n  On this kernel the old way still works')
})

it('shows of many commands as many as there is room for', () => {
  const many = step('Many', Array(30).fill(action('ip link set eth0 up')), [...dnatStep.checks])
  expect(lessonPreview(plain(80), many, 4)).toBe(`\
$ ip link set eth0 up
$ ip link set eth0 up
$ ip link set eth0 up
… and 27 more commands and 2 checks
`)
  expect(lessonPreview(plain(10), many, 4)).toMatch(/^\$ ip link set eth0 up\n… and 29 more/)
  expect(lessonPreview(plain(80), step('Only words'), 4)).toBe('')
})

it('knows how many rows a terminal takes for lines that it breaks itself', () => {
  expect(
    [[''], ['12345678'], ['123456789'], ['a', 'b'], ['\t\ta'], ['1234567\ta']].map(lines => rowsOf(lines, 8)),
  ).toEqual([1, 1, 2, 2, 3, 2])
})

it('dims what commands print, and leaves out the middle of much', () => {
  expect(lessonOutput(coloured(80), 'a\n')).toBe('\u001b[2m  a\u001b[22m\n')
  expect(lessonOutput(coloured(80), '\n')).toBe('')
  const lines = lessonOutput(plain(80), 'x\n'.repeat(3000)).split('\n')
  expect(lines).toHaveLength(14)
  expect(lines[8]).toBe('  … 2,988 more lines …')
})

it('sums up what was walked', () => {
  const whole = plan.steps.map(() => walked())
  expect(lessonSummary(plain(80), plan, whole)).toBe(
    'clusterip, walked to its end: 4 steps, 8 commands, 4 checks; all as expected\n',
  )
  expect(lessonSummary(plain(80), plan, [walked(), walked({ ok: false })])).toBe(
    'clusterip: 2 of 4 steps, 4 commands, 2 checks; 1 step failed\n✘ step 2  A virtual IP with one DNAT rule\n',
  )
  const unseen = { commands: [], checks: [], unseen: true } as const
  expect(lessonSummary(plain(80), plan, [walked(unseen), walked(unseen), ...whole.slice(2)])).toBe(
    'clusterip, walked to its end: steps 3 to 4 of 4, 4 commands, 2 checks; all as\n  expected\n',
  )
  const state = { hints: 0, solved: false, reached: false }
  const open = walked({ task: { state, goal: [heldCheck, failedCheck] } })
  expect(lessonSummary(plain(80), plan, [...whole.slice(1), open])).toBe(
    'clusterip: 4 of 4 steps, 8 commands, 4 checks; the task is open, 1 of 2 hold\n',
  )
  expect(lessonSummary(plain(80), plan, [])).toBe('clusterip: no step was run\n')
})

it('says how a lab stands that is kept', () => {
  expect(renderKept(plain(80), built, [walked()], false)).toBe(
    'clusterip is up as step 1 left it.\nTry:  netlab shell · netlab status · netlab down\n',
  )
  const whole = plan.steps.map(() => walked())
  expect(renderKept(plain(80), built, whole, true)).toContain(
    'clusterip is up.\nTry:  netlab verify clusterip',
  )
})

it('is recorded as Markdown that reads on its own', () => {
  const record = {
    lesson: built,
    date: '2025-03-01',
    walked: [
      walked({
        ok: false,
        checks: [heldCheck, { ...failedCheck, evidence: { headline: 'no route', lines: [] } }],
        shell: true,
      }),
      walked({ step: step('Only words <b>', [], [], 'Nothing to do.'), commands: [], checks: [] }),
      walked({ ok: false, failure, commands: [], checks: [] }),
    ],
  }
  expect(transcript(record)).toMatchInlineSnapshot(`
    "# From one DNAT rule to a load-balanced ClusterIP

    Lab \`clusterip\`, 2025-03-01: broken off after 3 of 4 steps, 1 of 2 checks held, **steps 1 and 3 failed**.

    - pod \`netns_011\` 10.0.0.11
    - pod \`netns_021\` 10.0.0.21
    - outside machine \`client\` 192.0.2.10
    - service \`default/http-server\` 10.100.100.100:8080

    ![clusterip: who is plugged in where](<lesson-pictures/lab.svg>)

    ## 1. A virtual IP with one DNAT rule

    A cluster IP belongs to no interface: nothing answers for it.
    One rule rewrites the destination of every packet to it.

    From netns_011 itself it fails, because the answer takes a short cut.

    \`\`\`console
    $ ip netns exec netns_011 ping -c 1 10.0.0.1
    1 received
    $ ip link
    \`\`\`

    - ✔ \`curl 10.100.100.100:8080 from host\`\\
      expected: netns_011 answers; observed: netns_011 answered
    - ✘ \`curl 10.100.100.100:8080 from netns_011\`\\
      expected: netns_011 answers; observed: timed out after 0.5 s (no route)

    *Here a shell was opened; what was typed in it is not recorded.*

    ## 2. Only words \\<b\\>

    Nothing to do.

    ## 3. A virtual IP with one DNAT rule

    A cluster IP belongs to no interface: nothing answers for it.
    One rule rewrites the destination of every packet to it.

    From netns_011 itself it fails, because the answer takes a short cut.

    \`\`\`console
    $ ip link show nope
    Device "nope" does not exist.
    \`\`\`

    ✘ The last command failed with exit code 1, and the step ended there.
    "
  `)
})

it('keeps a block of code closed whatever a command prints', () => {
  const steps = [walked({ commands: [{ command: ping, output: '```\n# out' }], checks: [] })]
  const text = transcript({ lesson: built, date: 'd', walked: steps })
  expect(text).toContain('````console\n')
  expect(text.endsWith('# out\n````\n')).toBe(true)
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { NetlabError } from '../../src/errors.ts'
import { LabError } from '../../src/text/problem.ts'
import { renderApplied, renderApplyJson, renderDifference } from '../../src/view/difference.ts'
import { renderDoctor, renderDoctorJson } from '../../src/view/doctor-table.ts'
import { renderDown } from '../../src/view/down-line.ts'
import { renderError } from '../../src/view/error.ts'
import { renderFailure } from '../../src/view/failure.ts'
import { renderListJson, renderUpJson, renderVerifyJson } from '../../src/view/json.ts'
import { renderLabList, renderStatus } from '../../src/view/lab-list.ts'
import * as lesson from '../../src/view/lesson.ts'
import { renderPlan } from '../../src/view/plan-text.ts'
import { lessonDocument } from '../../src/view/record/document.ts'
import { renderHtml } from '../../src/view/record/html.ts'
import { renderMarkdown } from '../../src/view/record/markdown.ts'
import { renderPod, renderSync, renderSyncJson } from '../../src/view/sync-lines.ts'
import { openTerminal } from '../../src/view/terminal.ts'
import { renderPlanJson } from '../../src/view/told-lab.ts'
import { openUpProgress } from '../../src/view/up-progress.ts'
import { renderUpSummary } from '../../src/view/up-summary.ts'
import { renderVerify } from '../../src/view/verify-table.ts'
import { built, FakeStream, failedCheck, heldCheck, plan, sample, stepResult } from './fixtures.ts'

// Said once more, and not imported: it is what is promised.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ownColors = /\u001b\[(?:1|2|22|3[0-79]|9[0-7])m/g

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;title\u0007',
        '\u001b[31m',
        '\u001b[8m',
        '\u009b2J',
        '\r',
        '\r\n',
        '\b',
        '\n',
        '\t',
        '\u007f',
        '\u202e',
        '\u2066',
        '\u2028',
      ),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map(parts => parts.join(''))

/** Fields whose words netlab chooses itself. */
const ownWords = new Set(['kind', 'how', 'expected', 'state', 'since', 'change', 'client', 'protocol'])

/** Fields that programs, servers and the kernel fill, and those of a lab in which anything may stand. */
const anyWords = new Set(
  'title why argv observed stderr output headline mend lines complaint found sourceLine message file fix what where details netns_021'.split(
    ' ',
  ),
)

/** A value in which every text of others has grown by a hostile one, keys included; `isHit` chooses among the fields. */
function poisoned<T>(value: T, text: string, isHit = (key: string) => !ownWords.has(key)): T {
  const grown = (inner: unknown, key = ''): unknown => {
    if (typeof inner === 'string') return isHit(key) ? inner + text : inner
    if (Array.isArray(inner)) return inner.map(item => grown(item, key))
    if (typeof inner !== 'object' || inner === null) return inner
    const namesOfOthers = ['backends', 'expectedShare', 'shares', 'ended', 'notReady', 'endpoints'].includes(
      key,
    )
    return Object.fromEntries(
      Object.entries(inner).map(([name, field]) => [
        namesOfOthers && isHit(name) ? name + text : name,
        grown(field, name),
      ]),
    )
  }
  return grown(value) as T
}

const evidence = { headline: 'no route', mend: 'ip route add', lines: ['$ ip route', 'default via 10.0.0.1'] }
const failure = { command: { argv: ['ip', 'link', 'set'], in: 'netns_011' }, exitCode: 1, stderr: 'Error: x' }
const facts = {
  plan,
  built: {
    ...built,
    condition: {
      ...built.condition,
      ...{ ended: { netns_011: 'stopped' as const }, notReady: { netns_021: 'HTTP 500' } },
    },
  },
  held: heldCheck,
  failed: { ...failedCheck, evidence },
  samples: [
    sample('host', 498, 502),
    sample('netns_011', 1000, 0, {
      ok: false,
      complaint: 'netns_021 never answers',
      evidence,
      client: 'kept',
      seenClients: ['10.0.0.11'],
    }),
  ],
  result: stepResult(3, { ok: false, failure, checks: [{ ...failedCheck, evidence }] }),
  status: {
    lab: 'clusterip',
    state: 'up' as const,
    pid: 7,
    pods: 2,
    nodes: 0,
    machines: 0,
    since: '2025-03-01T10:00:00Z',
  },
  down: {
    lab: 'clusterip',
    found: true,
    wasRunning: true,
    pods: 2,
    nodes: 0,
    machines: 0,
    links: 3,
    rules: 4,
  },
  findings: [
    { topic: 'curl', state: 'missing' as const, found: '7.64', means: 'too old', fix: ['apt-get install'] },
    { topic: 'ip', state: 'ok' as const, found: '6.1' },
  ],
  difference: {
    changes: [{ kind: 'pod' as const, name: 'a', change: 'changed' as const, details: ['port 80 → 81'] }],
    impossible: [],
    added: [],
    removed: [],
    replaced: [],
    restarted: [],
  },
  stages: [{ step: plan.steps[3]!, ends: ['netns_011'] }],
  flushed: [{ command: 'conntrack -D', connections: 2 }],
  pod: {
    lab: 'clusterip',
    pod: 'netns_011',
    state: 'stopped' as const,
    changed: true,
    endpointOf: ['default/web'],
    watched: false,
  },
  sync: {
    lab: 'clusterip',
    ok: false,
    ms: 3,
    pods: [{ pod: 'netns_011', ready: false, why: 'it printed this' }],
    notReady: { netns_021: 'it printed this' },
    podCount: 2,
    endpoints: { 'default/http-server': ['netns_011'] },
    rules: { how: 'partial' as const, rules: 3, services: ['default/http-server'], stale: ['KUBE-SEP-X'] },
    flushed: [],
    step: stepResult(3, { ok: false, failure, checks: [{ ...failedCheck, evidence }] }),
  },
  problem: {
    file: 'lab.yaml',
    line: 3,
    column: 2,
    length: 4,
    sourceLine: 'title: x',
    message: '"x" is off',
    fix: 'write y',
  },
  error: { what: 'it is off', where: 'a place', why: 'because', details: 'ip: no', fix: 'netlab doctor' },
  output: 'it printed this\nand that',
}
type Facts = typeof facts

const step = ({ plan, held, failed }: Facts) => ({
  step: { ...plan.steps[3]!, why: plan.steps[3]!.why },
  ok: false,
  commands: [{ command: plan.steps[3]!.actions[0]!.command, output: 'out' }],
  failure,
  checks: [held, failed],
  traces: [],
  shell: true,
})

const recorded = (all: Facts) =>
  lessonDocument({
    ...{ lesson: all.built, date: '2025-03-01', walked: [step(all)] },
    ...{ picture: '<svg/>', pictures: new Map() },
  })

type View = (facts: Facts, screen: ReturnType<typeof openTerminal>['out']) => string

const views: Record<string, View> = {
  plan: ({ plan }, screen) => renderPlan(screen, plan),
  'plan --format json': ({ built }) => renderPlanJson(built),
  list: ({ status }, screen) => renderLabList(screen, [status, { ...status, state: 'gone' }], 0),
  'list --json': ({ status }) => renderListJson([status]),
  status: ({ status, built }, screen) => renderStatus(screen, status, { ...built, containers: [] }, 0),
  verify: ({ samples, held, failed, status }, screen) =>
    renderVerify(screen, { lab: status.lab, ok: false, checks: [held, failed], services: samples }),
  'verify --json': ({ samples, held, failed, status }) =>
    renderVerifyJson({ lab: status.lab, ok: false, checks: [held, failed], services: samples }),
  up: ({ status, built, result }, screen) =>
    renderUpSummary(
      screen,
      {
        lab: status.lab,
        ok: true,
        ms: 5,
        pods: 2,
        nodes: 0,
        machines: 0,
        steps: [result],
        services: [built.services[0]!.clusterIP],
      },
      built,
      true,
    ),
  'up --json': ({ status, result }) =>
    renderUpJson({
      lab: status.lab,
      ok: true,
      ms: 5,
      pods: 2,
      nodes: 0,
      machines: 0,
      steps: [result],
      services: [],
    }),
  'up that fails': ({ status, plan, result, problem }, screen) =>
    (['down', 'kept'] as const)
      .map(now =>
        renderFailure(screen, {
          ...{ lab: status.lab, source: problem.file, step: plan.steps[3]!, index: 3, total: 4, result, now },
        }),
      )
      .join(''),
  down: ({ down }, screen) =>
    renderDown(screen, [down, { ...down, found: false }, { ...down, wasRunning: false }]),
  doctor: ({ findings }, screen) => renderDoctor(screen, findings),
  'doctor --json': ({ findings }) => renderDoctorJson(findings, false),
  apply: ({ status, difference, stages, flushed, problem, result }, screen) => {
    const planned = { lab: status.lab, difference, stages } as unknown as Parameters<
      typeof renderDifference
    >[1]
    const report = { ...planned, ok: true, dryRun: false, ms: 3, steps: [result], flushed }
    return [
      renderDifference(screen, planned),
      renderApplied(screen, report, problem.file),
      renderApplyJson(report),
    ].join('')
  },
  pod: ({ pod }, screen) => renderPod(screen, pod) + renderPod(screen, { ...pod, endpointOf: [] }),
  sync: ({ sync }, screen) => {
    const report = sync as unknown as Parameters<typeof renderSync>[1]
    return renderSync(screen, report) + renderSyncJson(report)
  },
  errors: ({ error, problem, output }, screen) =>
    [
      new LabError([problem]),
      new NetlabError({ ...error, cause: new Error(output) }),
      new Error(output, { cause: new Error(output) }),
      output,
    ]
      .map(thrown => renderError(screen, thrown))
      .join(''),
  lesson: (all, screen) =>
    [
      lesson.lessonTitle(screen, all.built),
      lesson.stepHeading(screen, 0, 4, all.plan.steps[0]!.title),
      lesson.stepWhy(screen, all.plan.steps[3]!.why),
      lesson.lessonPreview(screen, all.plan.steps[3]!, 20),
      lesson.lessonCommand(screen, all.result.failure!.command),
      lesson.lessonOutput(screen, all.output),
      lesson.lessonFailure(screen, all.result.failure!, 2),
      lesson.lessonCheck(screen, all.held),
      lesson.lessonCheck(screen, all.failed),
      lesson.lessonSummary(screen, all.plan, [step(all)]),
      lesson.renderKept(screen, all.built, [step(all)], true),
    ].join(''),
  'walk --record': all => renderMarkdown(recorded(all), 'lesson-pictures'),
  'walk --record lesson.html': all => renderHtml(recorded(all)),
}

/** What stands on a terminal, or in a file, after a view was written there. */
function written(view: View, all: Facts, isTTY: boolean): string {
  const stream = new FakeStream(isTTY)
  const { out } = openTerminal({ out: stream, err: stream, env: { NO_COLOR: isTTY ? '' : '1' } })
  out.write(view(all, out))
  return stream.text
}

test.each(Object.keys(views))('%s shows nothing that acts on a terminal but its own colours', name => {
  const view = views[name]!
  fc.assert(
    fc.property(hostile, text => {
      const all = poisoned(facts, text)
      expect(written(view, all, true).replaceAll(ownColors, '')).not.toMatch(acting)
      expect(written(view, all, false)).not.toMatch(acting)
    }),
    { numRuns: 50 },
  )
})

test.each(Object.keys(views))('%s takes no colour from others', name => {
  const all = poisoned(facts, '\u001b[32mgreen\u001b[39m', key => anyWords.has(key))
  expect(written(views[name]!, all, true)).not.toContain('\u001b[32mgreen')
})

test.each(['quiet', 'verbose', 'neither'])('the progress of up, %s, as well', how => {
  fc.assert(
    fc.property(hostile, text => {
      const all = poisoned(facts, text)
      const stream = new FakeStream(false)
      const terminal = openTerminal({
        ...{ out: stream, err: stream, env: {} },
        ...{ quiet: how === 'quiet', verbose: how === 'verbose' },
      })
      const progress = openUpProgress(terminal, all.plan.steps)
      const commands = [all.result.failure!.command]
      const at = { index: 3, first: 0 }
      progress.hear({ kind: 'step-started', index: 3, step: all.plan.steps[3]! })
      progress.hear({ kind: 'commands-ran', ...at, commands, ms: 3, output: all.output })
      progress.hear({ kind: 'check-done', index: 3, result: all.failed, done: 1, count: 1 })
      progress.hear({ kind: 'step-done', index: 3, result: all.result })
      expect(stream.text).not.toMatch(acting)
    }),
    { numRuns: 50 },
  )
})

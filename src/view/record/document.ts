import type { Action } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import type { WalkedStep } from '../../lesson/lesson-record.ts'
import { joinHostPort } from '../../model/address.ts'
import type { Addressed } from '../../model/cidr.ts'
import { addressesOf } from '../../model/families.ts'
import { machineAddresses } from '../../model/places.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import type { Plan, Step } from '../../plan/plan.ts'
import type { CommandFailure } from '../../run/report.ts'
import type { TraceReport } from '../../trace/report.ts'
import type { CheckResult } from '../../verify/report.ts'
import { describeAttempt, describeExpectation } from '../describe-check.ts'
import { foldsIn, foldWords } from '../folded-commands.ts'
import { listing, plural } from '../format.ts'
import { answerLines, excerpt } from '../lesson.ts'
import { renderLadderPicture } from '../trace/ladder-picture.ts'
import type { Block, Span } from './blocks.ts'

/** A lesson as it was walked through, with what was drawn of it. */
export interface LessonRecord {
  lesson: LabInCondition
  /** As it shall stand there: `2025-03-01`. */
  date: string
  walked: readonly WalkedStep[]
  /** The lab as its last step leaves it, as SVG. */
  picture: string
  /** The lab as it was, as SVG, by how many steps had run. */
  pictures: ReadonlyMap<number, string>
}

/** A recorded lesson that reads well on its own: a hand-out, or homework. */
export function lessonDocument({ lesson, date, walked, picture, pictures }: LessonRecord): Block[] {
  const { plan } = lesson
  const alt = `${plan.lab}: who is plugged in where`
  return [
    { kind: 'title', text: plan.title },
    { kind: 'paragraph', spans: ['Lab ', { code: plan.lab }, `, ${date}: `, ...verdict(plan, walked)] },
    ...castPart(lesson),
    { kind: 'picture', picture: { name: 'lab.svg', alt, svg: picture } },
    ...walked.flatMap((step, index) => stepParts(step, index, pictures.get(index + 1))),
  ]
}

function verdict(plan: Plan, walked: readonly WalkedStep[]): Span[] {
  const checks = walked.flatMap(step => step.checks)
  const held = checks.filter(check => check.ok).length
  const failed = walked.flatMap((step, index) => (step.ok ? [] : [`${index + 1}`]))
  const isWhole = walked.length === plan.steps.length
  const parts = [
    isWhole
      ? plural(walked.length, 'step')
      : `broken off after ${walked.length} of ${plan.steps.length} steps`,
    ...(checks.length === 0 ? [] : [`${held} of ${plural(checks.length, 'check')} held`]),
  ].join(', ')
  if (failed.length === 0) return [`${parts}.`]
  const steps = failed.length === 1 ? 'step' : 'steps'
  return [`${parts}, `, { strong: `${steps} ${listing(failed, 'and')} failed` }, '.']
}

/** Who is in the lab, so that the addresses in the commands mean something. */
function castPart({ lab, services }: LabInCondition): Block[] {
  const row = (kind: string, name: string, rest: string): Span[] => [`${kind} `, { code: name }, ` ${rest}`]
  const items = [
    ...lab.nodes.map(node => row('node', node.name, machineAddresses(node).join(', '))),
    ...lab.pods.map(pod => row('pod', pod.name, addressWords(pod))),
    ...lab.outside.map(machine => row('outside machine', machine.name, addressWords(machine))),
    ...lab.machines.map(machine => row('machine', machine.name, machineAddresses(machine).join(', '))),
    ...services.map(({ service, clusterIP, port }) => row('service', service, joinHostPort(clusterIP, port))),
  ]
  return items.length === 0 ? [] : [{ kind: 'list', items }]
}

function stepParts(walked: WalkedStep, index: number, picture: string | undefined): Block[] {
  const { step, commands, failure, checks, shell, traces } = walked
  const number = index + 1
  return [
    { kind: 'heading', text: `${number}. ${step.title}` },
    ...(step.why.trim() === '' ? [] : [{ kind: 'prose', text: step.why.trim() } as const]),
    ...(commands.length === 0 && failure === undefined
      ? []
      : [consoleBlock(shownLines(step, commands), failure), ...foldedParts(step, commands)]),
    ...(failure === undefined ? [] : [failureNote(failure)]),
    ...(checks.length === 0 ? [] : [{ kind: 'list', items: checks.map(checkItem) } as const]),
    ...(step.because === undefined || !walked.ok ? [] : [{ kind: 'prose', text: step.because } as const]),
    ...(picture === undefined ? [] : [drawn(number, picture)]),
    ...traces.map((report, at) => traced(number, report, at)),
    ...(shell
      ? [{ kind: 'aside', text: 'Here a shell was opened; what was typed in it is not recorded.' } as const]
      : []),
  ]
}

function drawn(number: number, svg: string): Block {
  const alt = `the lab as it is after step ${number}`
  return { kind: 'picture', picture: { name: `step-${number}-graph.svg`, alt, svg } }
}

function traced(number: number, report: TraceReport, at: number): Block {
  const { from, request, saw, end } = report
  const alt = `${from}: ${request}: ${saw.ok ? saw.words : end.words}`
  const name = `step-${number}-trace${at === 0 ? '' : `-${at + 1}`}.svg`
  return { kind: 'picture', picture: { name, alt, svg: renderLadderPicture(report) } }
}

/** A command of a step that ran, with what it printed. */
type Ran = WalkedStep['commands'][number]

/** The commands that ran, each with what it is for; in place of a fold a line that counts what follows below. */
function shownLines(step: Step, commands: readonly Ran[]): string[] {
  const told = new Set<string>()
  return commands.flatMap((ran, at) => {
    const words = step.actions[at]?.fold
    if (words === undefined) return commandLines(ran, step.actions[at]?.explain)
    if (told.has(words)) return []
    told.add(words)
    return [`# … ${foldWords({ words, actions: ranOfFold(step, commands, words) })}, below`]
  })
}

/** What is folded: a reader opens it, and where nothing folds it is there to be read. */
function foldedParts(step: Step, commands: readonly Ran[]): Block[] {
  const ran = step.actions.slice(0, commands.length)
  return foldsIn(ran).map(fold => ({
    kind: 'folded',
    summary: foldWords(fold),
    lines: ran.flatMap((action, at) =>
      action.fold === fold.words ? commandLines(commands[at]!, action.explain) : [],
    ),
  }))
}

function ranOfFold(step: Step, commands: readonly Ran[], words: string): Action[] {
  return step.actions.slice(0, commands.length).filter(({ fold }) => fold === words)
}

function commandLines({ command, output }: Ran, explain: string | undefined): string[] {
  const shown = command.plugin === undefined ? excerpt : answerLines
  return [
    ...(explain === undefined ? [] : [`# ${explain}`]),
    `$ ${commandLine(command)}`,
    ...(output.trim() === '' ? [] : shown(output.trimEnd())),
  ]
}

function consoleBlock(lines: readonly string[], failure: CommandFailure | undefined): Block {
  const failed =
    failure === undefined ? [] : commandLines({ command: failure.command, output: failure.stderr }, undefined)
  return { kind: 'console', lines: [...lines, ...failed] }
}

function failureNote(failure: CommandFailure): Block {
  const ending = failure.exitCode === undefined ? '' : ` with exit code ${failure.exitCode}`
  return {
    kind: 'paragraph',
    spans: [`✘ The last command failed${ending}, and the step ended there.`],
  }
}

function checkItem({ check, ok, observed, evidence, means }: CheckResult): Span[] {
  const why = evidence === undefined ? '' : ` (${evidence.headline})`
  return [
    `${ok ? '✔' : '✘'} `,
    { code: describeAttempt(check) },
    'break',
    `expected: ${describeExpectation(check)}; observed: ${observed}${why}`,
    ...(means === undefined ? [] : ['break' as const, means]),
  ]
}

function addressWords(addressed: Addressed): string {
  return addressesOf(addressed)
    .map(({ address }) => address)
    .join(' and ')
}

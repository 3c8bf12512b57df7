import { host } from '../command/command.ts'
import { commandLine, shellLine, shellWord } from '../command/command-line.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import type { Step } from '../plan/plan.ts'
import type { CommandFailure, StepResult } from '../run/report.ts'
import type { CheckResult } from '../verify/report.ts'
import { describeAttempt, describeExpectation } from './describe-check.ts'
import { displayWidth } from './display-width.ts'
import { block, flow, hanging, indented, padEnd, widest, wrapParagraphs } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'
import { traceCommands } from './trace/trace-command.ts'
import { en, type Words } from './words/en.ts'

/** A step that failed, with all that helps to see why. */
export interface FailedStep {
  lab: string
  /** The lab as it was typed: a path, or the name of one that ships. */
  source: string
  step: Step
  /** 0-based. */
  index: number
  /** How many steps the plan has. */
  total: number
  result: StepResult
  /** What has become of the lab: taken down, or left as it stands (`--keep`). */
  now: 'down' | 'kept'
}

/** Tells people which command or check failed, why it was there, and what to do. */
export function renderFailure(style: Style, failed: FailedStep): string {
  const { color, width } = style
  const { step, result } = failed
  const lines = hanging(
    `${color.red('✘')} `,
    `${color.red(`step ${failed.index + 1} of ${failed.total} failed:`)} ${color.bold(printable(step.title))}`,
    width,
  )
  if (step.why.trim() !== '') lines.push('', ...wrapParagraphs(printable(step.why), width, 2))
  if (result.failure !== undefined) lines.push('', ...commandFailureLines(style, result.failure, 2))
  const causes = new Causes()
  lines.push(
    ...failedCheckLines(
      style,
      result.checks.filter(check => !check.ok),
      causes,
    ),
  )
  return block([...lines, '', ...aftermath(style, failed)])
}

/** Many things may be off for one cause: what shows it is told with the first of them. */
export function onceEach<Item extends { evidence?: Evidence }>(items: readonly Item[]): readonly Item[] {
  const told = new Set<string>()
  return items.map(item => {
    const { evidence } = item
    if (evidence === undefined) return item
    const cause = causeOf(evidence)
    if (told.has(cause)) return { ...item, evidence: { ...evidence, lines: [] } }
    told.add(cause)
    return item
  })
}

/** The causes that have been told so far: each is told once. */
export class Causes {
  readonly #told = new Set<string>()

  /** Whether a cause has been told before. */
  has(evidence: Evidence): boolean {
    return this.#told.has(causeOf(evidence))
  }

  add(evidence: Evidence): void {
    this.#told.add(causeOf(evidence))
  }

  /** What stands in place of a cause that has been told; of several, which it is. */
  again({ headline }: Evidence): string {
    return this.#told.size === 1 ? 'its cause is told above' : `its cause, as above: ${headline}`
  }
}

function causeOf({ headline, mend }: Evidence): string {
  return `${headline} ${mend}`
}

/** A cause with what mends it and what shows it, or that it has been told. */
export function causeLines(
  style: Style,
  evidence: Evidence | undefined,
  indent: number,
  causes: Causes,
): readonly string[] {
  if (evidence === undefined) return []
  if (causes.has(evidence))
    return hanging(' '.repeat(indent), style.color.dim(printable(causes.again(evidence))), style.width)
  causes.add(evidence)
  return evidenceLines(style, evidence, indent)
}

/** Things with the same cause that are told one by one. */
const mostOthers = 12

/** Checks that do not hold: of those that have the same cause the first one is told whole, with all else that it explains. `more`: lines that one has besides. */
export function failedCheckLines(
  style: Style,
  failed: readonly CheckResult[],
  causes: Causes,
  more: (check: CheckResult) => readonly string[] = () => [],
): string[] {
  const { width } = style
  return failed.flatMap(check => {
    const { evidence } = check
    if (evidence === undefined) return ['', ...checkFailureLines(style, check, 2), ...more(check)]
    if (causes.has(evidence)) return []
    causes.add(evidence)
    const others = failed.filter(
      other =>
        other !== check && other.evidence !== undefined && causeOf(other.evidence) === causeOf(evidence),
    )
    const told = others.slice(0, mostOthers)
    const left = others.length - told.length
    return [
      ...['', ...checkFailureLines(style, check, 2), ...more(check)],
      ...(others.length === 0 ? [] : ['', '    The same is why these do not hold:']),
      ...told.flatMap(other =>
        hanging('      ', printable(`${describeAttempt(other.check)}: ${other.observed}`), width, 8),
      ),
      ...(left > 0 ? [`      and ${left} more`] : []),
    ]
  })
}

/** A failed command as it can be pasted, how it ended, and its stderr. */
export function commandFailureLines(style: Style, failure: CommandFailure, indent: number): string[] {
  const { color } = style
  const [first, ...more] = printable(commandLine(failure.command)).split('\n')
  return [
    `${' '.repeat(indent)}${color.bold(`$ ${first}`)}`,
    ...more.map(line => color.bold(line)),
    ...commandEndingLines(style, failure, indent),
  ]
}

/** How a failed command ended, and its stderr. */
export function commandEndingLines(
  { color, words }: Style,
  failure: CommandFailure,
  indent: number,
): string[] {
  const ending = endingWords(failure, words)
  const stderr = printable(failure.stderr).trim()
  return [
    `${' '.repeat(indent)}${color.red(ending)}${stderr === '' ? words.printedNoError : ':'}`,
    ...(stderr === '' ? [] : indented(stderr, indent + 2)),
  ]
}

/** How a failed command ended: `exit code 2`. */
export function endingWords({ exitCode, signal }: CommandFailure, words: Words = en): string {
  if (exitCode === 0) return words.notAsItShouldBe
  if (exitCode !== undefined) return words.exitCode(exitCode)
  return signal === undefined ? words.notStarted : words.endedBy(signal)
}

/** What was observed, in a language. */
export function observedWords({ seen, observed }: CheckResult, words: Words): string {
  return seen === undefined ? observed : words.observation(seen)
}

/** What stands before the parts of a check, in a column. */
export function labelled({ expected, observed, so }: Words): Record<'expected' | 'observed' | 'so', string> {
  const column = widest([expected, observed, so]) + 2
  return {
    expected: padEnd(expected, column),
    observed: padEnd(observed, column),
    so: padEnd(so, column),
  }
}

/** A check that does not hold: what it tried, what was expected, what came, and the evidence. */
export function checkFailureLines(style: Style, result: CheckResult, indent: number): string[] {
  const { color, width, words } = style
  const margin = ' '.repeat(indent)
  const attempt = printable(describeAttempt(result.check, words))
  const { expected, observed } = labelled(words)
  return [
    ...hanging(margin, color.bold(attempt), width, indent + 2),
    ...hanging(
      `${margin}  ${expected}`,
      color.green(printable(describeExpectation(result.check, words))),
      width,
    ),
    ...hanging(`${margin}  ${observed}`, color.red(printable(observedWords(result, words))), width),
    ...(result.evidence === undefined ? [] : ['', ...evidenceLines(style, result.evidence, indent + 2)]),
  ]
}

/**
 * The cause and what to type, then what shows it. No command is ever broken, so that it can be copied: one that does not fit
 * behind the cause has a line of its own, and so has each of several.
 */
export function evidenceLines(
  { color, width }: Style,
  evidence: Evidence | undefined,
  indent: number,
): string[] {
  if (evidence === undefined) return []
  const margin = ' '.repeat(indent)
  const headline = printable(evidence.headline)
  const typed = (evidence.typed ?? []).map(printable)
  const together = [headline, ...typed].join(': ')
  const fits = typed.length < 2 && displayWidth(margin + together) <= width
  return [
    ...(fits || typed.length === 0
      ? hanging(margin, color.yellow.bold(together), width)
      : [
          ...hanging(margin, color.yellow.bold(`${headline}:`), width),
          ...typed.map(line => `${margin}  ${color.yellow.bold(line)}`),
        ]),
    ...evidence.lines.flatMap(line => indented(printable(line), indent + 2)),
  ]
}

function aftermath(style: Style, { lab, source, now, result }: FailedStep): string[] {
  const { width } = style
  const file = printable(shellWord(source))
  const off = result.checks.filter(check => !check.ok)
  const traces = traceCommands(
    lab,
    off.map(({ check }) => check),
  )
  if (now === 'down')
    return [
      ...hanging('', `${lab} was taken down; nothing is left.`, width),
      ...tryLines(style, [[`netlab up ${file} --keep`, ...traces].join('; '), `netlab walk ${file}`]),
    ]
  return [
    ...hanging('', `${lab} is kept as it stands, the steps before this one included.`, width),
    ...tryLines(style, [...again(lab, off[0]), ...traces, `netlab shell ${lab}`, `netlab down ${lab}`]),
  ]
}

/** `Try:  netlab shell · netlab down`: what to type next. */
export function tryLines({ color, width, words }: Style, commands: readonly string[]): string[] {
  const [first, ...rest] = commands.map(command => color.cyan(command))
  const lead = `${words.tryThis}  `
  return flow([lead + first, ...rest], width, displayWidth(lead), ' · ')
}

/** The failed check as a command to type. */
function again(lab: string, result: CheckResult | undefined): string[] {
  if (result === undefined) return []
  const place = result.from === host ? '' : ` --in ${result.from}`
  const argv = result.check.kind === 'curl' ? ['curl', result.check.url] : result.check.argv
  return [`netlab exec ${lab}${place} -- ${printable(shellLine(argv))}`]
}

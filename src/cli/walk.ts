import { userInfo } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { graphOf } from '../graph/lab-graph.ts'
import { Course, today } from '../lesson/course.ts'
import { Recorder } from '../lesson/record/recorder.ts'
import { type Parting, type WalkOptions, type WalkReport, walk } from '../lesson/walk.ts'
import type { Language } from '../model/language.ts'
import { type LabInCondition, labAsBuilt } from '../plan/lab-in-condition.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { down } from '../run/down.ts'
import { toAll } from '../run/events.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { labNames, runningLabs, statusOf } from '../run/lab-state.ts'
import type { KernelName } from '../sandbox/vm/kernels.ts'
import { renderDown } from '../view/down-line.ts'
import { renderError } from '../view/error.ts'
import { renderGraph } from '../view/graph/graph-formats.ts'
import { Keys } from '../view/keys.ts'
import { renderKept } from '../view/lesson.ts'
import { LessonGuide } from '../view/lesson-guide.ts'
import { goesOn } from '../view/lesson-place.ts'
import { lessonDocument } from '../view/record/document.ts'
import { openTerminal, plainStyle, type Screen } from '../view/terminal.ts'
import { wordsIn } from '../view/words/words.ts'
import type { EarlyStart, LabUnderWay } from './early-start.ts'
import { kernelOption, labWords, runOnKernel, setFlags } from './kernel.ts'
import { checkedName } from './lab-name.ts'
import { languageFor, languageOption, languageWords } from './language.ts'
import { LessonFile } from './lesson-file.ts'
import { limitOption, type SaidLimits, withLimits } from './limits.ts'
import { noLabNamed } from './no-lab-named.ts'
import { packageVersion } from './package-version.ts'
import { portOption } from './page.ts'

interface WalkFlags {
  name?: string
  lang?: Language
  limit?: SaidLimits
  yes?: true
  quiz: boolean
  record?: string
  student?: string
  force?: true
  keep?: true
  down?: true
  kernel?: KernelName
  view?: true
  port?: number
  /** Counts from 1. */
  from?: number
  again?: true
}

/** `netlab walk`: a lab as a lesson, step by step. */
export function walkCommand(earlyStart: EarlyStart): Command {
  return new Command('walk')
    .description('a lesson: each step with its reason, its commands, their output and what was checked')
    .argument('[lab]', 'a lab file, or the name of a lab that ships; without one these are listed')
    .option('--name <name>', 'call it so: the same lab can then run twice', checkedName)
    .addOption(languageOption())
    .addOption(limitOption())
    .addOption(kernelOption())
    .option('--no-quiz', 'do not ask, before the checks of a step, what they will show')
    .option('-y, --yes', 'go through all steps without stopping, then take the lab down')
    .option(
      '--record <file>',
      'write the lesson, with pictures of the lab and of requests: FILE.html has all in one, FILE.md has them beside it; FILE.jsonl is what was foretold, typed and reached, for netlab grade',
    )
    .option('--student <name>', 'whose FILE.jsonl it is; by default who is logged in', studentName)
    .option('--force', 'overwrite what is there of that')
    .addOption(
      new Option(
        '--view',
        'lead through it on a page in a browser, that of netlab view; prints its address',
      ).conflicts(['yes', 'record', 'kernel']),
    )
    .addOption(portOption().implies({ view: true }))
    .addOption(
      new Option('--from <step>', 'begin at this step; those before are built without being shown')
        .argParser(stepNumber)
        .conflicts('kernel'),
    )
    .addOption(
      new Option('--again', 'begin with the first step, wherever the lesson was left').conflicts([
        'kernel',
        'from',
      ]),
    )
    .option('--keep', 'leave the lab up at the end, without asking')
    .addOption(new Option('--down', 'take the lab down at the end, without asking').conflicts('keep'))
    .action((lab: string | undefined, flags: WalkFlags) => {
      if (lab === undefined) throw noLabNamed('walk', languageFor(flags.lang))
      return runWalk(earlyStart.begin(), lab, flags)
    })
}

async function runWalk(
  { interrupt, start }: LabUnderWay,
  nameOrPath: string,
  flags: WalkFlags,
): Promise<void> {
  const file = findLab(nameOrPath)
  const language = languageFor(flags.lang)
  const words = wordsIn[language]
  const read = withLimits(loadLab(file, language), flags.limit)
  const lesson = labAsBuilt(flags.name === undefined ? read : { ...read, name: flags.name })
  if (flags.kernel !== undefined) {
    if (flags.record !== undefined) throw noRecord(nameOrPath)
    interrupt.says(`interrupted; ${lesson.lab.name} is taken down and nothing is left`)
    const order = { lab: lesson.lab, file, argv: walkWords(file, flags), start: await start }
    return runOnKernel(flags.kernel, { ...order, signal: interrupt.signal })
  }
  const course = new Course(lesson, file)
  if (flags.view) {
    interrupt.says(words.interrupted(lesson.lab.name))
    const { walkOnPage } = await import('./walk-page.ts')
    const { port = 0, quiz } = flags
    const said = { ...stepsBefore(course, flags), ...partingOf(flags) }
    const options = { source: nameOrPath, file, port, course, quiz, ...said }
    return walkOnPage({ interrupt, start }, lesson, options)
  }
  const { out } = openTerminal({ language })
  if (!flags.yes && !(process.stdin.isTTY && out.interactive)) throw noTerminal(nameOrPath)
  const { record: recordFile, force = false } = flags
  const isRecord = recordFile?.endsWith('.jsonl') === true
  if (flags.student !== undefined && !isRecord) throw noStudent(nameOrPath)
  const recorder = isRecord ? new Recorder(recordFile, force) : undefined
  const record = recordFile === undefined || isRecord ? undefined : new LessonFile(recordFile, force)
  interrupt.says(words.notBegun)
  const keys = flags.yes ? undefined : new Keys(process.stdin, interrupt.abort)
  const guide = new LessonGuide({
    screen: out,
    lesson,
    source: nameOrPath,
    signal: interrupt.signal,
    quiz: flags.quiz,
    traces: record !== undefined,
    ...(keys === undefined ? {} : { keys }),
    whileShell: interrupt.ignored,
    ...partingOf(flags),
  })
  const begun = await start
  guide.begin()
  if (keys !== undefined && !(await madeRoom(guide, lesson, out))) return guide.stop()
  interrupt.says(words.interrupted(lesson.lab.name))
  const beginning = whereToBegin(course, flags, recorder !== undefined)
  recorder?.begin(lesson, { student: flags.student ?? loggedIn(), netlab: packageVersion })
  const tell = recorder === undefined ? guide.hear : toAll(guide.hear, recorder.hear)
  const hearsShells = recorder !== undefined
  const place = flags.yes ? {} : { place: course.keep }
  const options = { file, start: begun, tell, signal: interrupt.signal, hearsShells, ...beginning, ...place }
  let report: WalkReport | undefined
  try {
    report = await walk(lesson, guide, options).finally(() => guide.stop())
  } finally {
    recorder?.end(report, lesson.plan.steps.length)
  }
  if (recorder !== undefined) out.write(`The record is written to ${recordFile}\n`)
  if (record !== undefined) {
    const picture = await svgOf(graphOf(lesson))
    const drawn = [...guide.graphs].map(async ([steps, graph]) => [steps, await svgOf(graph)] as const)
    const pictures = new Map(await Promise.all(drawn))
    record.write(lessonDocument({ lesson, date: today(), walked: report.walked, picture, pictures }))
    out.write(`${words.recordWritten(flags.record!)}\n`)
  }
  if (report.interrupted) {
    if (!flags.yes) out.write(goesOn(out, [nameOrPath], course.place))
    throw interrupt.signal.reason
  }
  out.write(
    report.down === undefined
      ? renderKept(out, lesson, report.walked, runningLabs().length > 1)
      : renderDown(out, [report.down]),
  )
  if (!flags.yes) out.write(goesOn(out, [nameOrPath], course.place))
  if (!report.ok) process.exitCode = exitCode.failed
}

/** How many steps come before the lesson, where the command line says so. Throws NetlabError where there is no such step. */
function stepsBefore(course: Course, { from, again }: WalkFlags): Pick<WalkOptions, 'after'> {
  if (from !== undefined) return { after: course.before(from) }
  return again ? { after: 0 } : {}
}

/** Where the lesson begins, on a terminal. Throws NetlabError where there is no such step. */
function whereToBegin(
  course: Course,
  flags: WalkFlags,
  isRecorded: boolean,
): Pick<WalkOptions, 'after' | 'left'> {
  if (flags.from !== undefined && isRecorded) throw wholeRecord()
  const said = stepsBefore(course, flags)
  if (said.after !== undefined || flags.yes || isRecorded) return said
  const { err } = openTerminal()
  const { place, words } = course.left
  if (words !== undefined) err.write(renderError(err, words))
  return place === undefined ? {} : { left: place }
}

/** Takes a lab of the lesson's name down where the person wants that; false: they leave. One that is just being built, or taught, is left alone. */
async function madeRoom(guide: LessonGuide, { lab }: LabInCondition, out: Screen): Promise<boolean> {
  const { name } = lab
  if (!labNames().includes(name) || statusOf(new LabFolder(name)).state === 'starting') return true
  if (!(await guide.mayReplace())) return false
  out.write(renderDown(out, [await down(name)]))
  return true
}

function wholeRecord(): NetlabError {
  return new NetlabError({
    what: '--from does not go with a record',
    why: 'a record is of a whole lesson: what stands in it is done again when it is graded',
    fix: 'leave one of the two out',
    exitCode: exitCode.wrongInput,
  })
}

function stepNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('The number of a step is needed.')
}

/** What becomes of the lab, where the command line says so. */
function partingOf({ keep, down }: WalkFlags): { parting?: Exclude<Parting, 'stay'> } {
  return keep || down ? { parting: keep ? 'keep' : 'down' } : {}
}

function walkWords(file: string, flags: WalkFlags): string[] {
  const { yes, quiz, keep, down } = flags
  return [
    'walk',
    ...labWords(file, flags),
    ...languageWords(flags.lang),
    ...setFlags({ '--yes': yes, '--no-quiz': !quiz, '--keep': keep, '--down': down }),
  ]
}

/** Characters of a student's name. */
const longestName = 100

function studentName(name: string): string {
  if (name.trim() === '' || name.length > longestName)
    throw new InvalidArgumentError(`a name has 1 to ${longestName} characters.`)
  return name.trim()
}

/** Who is logged in; a user who has no entry in the machine's list is called by number. */
function loggedIn(): string {
  const { USER } = process.env
  if (USER !== undefined && USER !== '') return USER.slice(0, longestName)
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 0}`
  }
}

function noStudent(lab: string): NetlabError {
  return new NetlabError({
    what: '--student says whose record it is, and none is written',
    fix: `netlab walk ${lab} --student NAME --record FILE.jsonl`,
    exitCode: exitCode.wrongInput,
  })
}

function noRecord(lab: string): NetlabError {
  return new NetlabError({
    what: '--record and --kernel do not go together',
    why: 'the lesson runs in a virtual machine, which writes no files out here',
    fix: `netlab walk ${lab} --yes --kernel KERNEL > FILE keeps what it prints`,
    exitCode: exitCode.wrongInput,
  })
}

function noTerminal(lab: string): NetlabError {
  return new NetlabError({
    what: 'a lesson needs a terminal, and there is none',
    why: 'walk shows a step and then waits for a key',
    fix: `netlab walk ${lab} --yes goes through all steps without stopping, --record FILE.md writes them down; --view waits for keys in a browser`,
    exitCode: exitCode.wrongInput,
  })
}

function svgOf(graph: Graph): Promise<string> {
  return renderGraph(plainStyle(), graph, 'svg')
}

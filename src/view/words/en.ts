import { host } from '../../command/command.ts'
import type { Check, Expectation, FailureKind } from '../../model/lab.ts'
import { type Observation, observationWords } from '../../verify/observation.ts'
import { type Inhabitants, inhabitants, listing, plural, roundPercentage } from '../format.ts'
import { patternWords } from '../pattern-words.ts'

/** What the steps of a lesson have come to. */
export interface LessonSums {
  /** Steps that have run, among them those that were built before it began. */
  walked: number
  unseen: number
  /** All that the lab has. */
  steps: number
  /** The task of the last one waits. */
  isOpen: boolean
  commands: number
  checks: number
}

/** What a lesson says, in English; other languages have the same, each in its own way. */
export const en = {
  cast: { nodes: 'nodes', pods: 'pods', outside: 'outside', machines: 'machines', services: 'services' },
  andMore: (count: number) => `and ${count} more`,
  stepsOf: (lab: string, count: number) => `${lab}, ${count === 1 ? 'one step' : `${count} steps`}`,

  thenChecked: 'then it is checked:',
  /** What a preview has no room for. */
  notShown: (commands: number, checks: number) => {
    const rest = [
      { count: commands, noun: 'command' },
      { count: checks, noun: 'check' },
    ].filter(({ count }) => count > 0)
    const words = rest.map(({ count, noun }, index) =>
      index === 0 ? plural(count, `more ${noun}`) : plural(count, noun),
    )
    return `and ${listing(words, 'and')}`
  },
  moreLines: (count: number) => plural(count, 'more line'),
  /** `words`: what a step's plan says of commands that are shown as one line. */
  fold: (count: number, words: string) => `${plural(count, 'command')}: ${words}`,
  aside: (words: string) => ` (${words})`,
  shownAbove: 'shown above',
  /** `by`: a key, or a command. */
  shownBy: (by: string) => `${by} shows them`,
  running: 'running',
  ran: 'done',
  trying: (done: number, count: number) => `trying check ${Math.min(done + 1, count)} of ${count}`,

  expected: 'expected',
  observed: 'observed',
  so: 'so',
  /** `line`: the command, or the request. */
  attempt: (line: string, { kind, from }: Check, requests?: number) => {
    const times = requests === undefined ? '' : `, ${plural(requests, 'time')}`
    if (kind === 'curl') return `${line} from ${from}${times}`
    return `${line} ${from === host ? 'on' : 'in'} ${from}`
  },
  expectations: (each: readonly Expectation[]) => each.map(expectation).join(', or '),
  /** `exit` undefined: any but 0; `pattern`: what its output is like. */
  exits: (exit: number | undefined, pattern: string | undefined) => {
    const ending = exit === undefined ? 'fails' : `exits with ${exit}`
    return pattern === undefined ? ending : `${ending} and prints ${pattern}`
  },
  /** What was tried, and what came. */
  seen: (attempt: string, observed: string) => `${attempt}: ${observed}`,
  observation: (seen: Observation): string => observationWords(seen),

  exitCode: (code: number) => `exit code ${code}`,
  endedBy: (signal: string) => `ended by ${signal}`,
  notStarted: 'could not be started',
  notAsItShouldBe: 'it ended well, and yet it is not as it should be',
  printedNoError: ', and it printed no error',
  leftOut: (commands: number) => {
    const rest =
      commands === 0
        ? 'its checks were not tried'
        : `${plural(commands, 'command')} and its checks were left out`
    return `The step ends here: ${rest}.`
  },
  /** `step` from 1 on; `canTrace`: something that its checks ask can be followed. */
  stepFailed: (step: number, canTrace: boolean) =>
    `step ${step} did not do what it should. ${canTrace ? 't follows what was asked to where it ends; a shell' : 'A shell'} shows the lab as it stands; r repeats the step.`,
  prediction: {
    /** What the keys up to `last` do. */
    answers: (last: string) => `to ${last} answers`,
    skip: 'skip',
    earlier: 'your answer before',
    youSkip: 'you skip it',
    youSay: 'you say',
    youSaid: 'you said',
    itCame: 'it came',
    because: 'because',
    right: 'Rightly foretold.',
    wrong: 'It came otherwise.',
    skipped: 'You skipped it.',
    void: 'This one does not count.',
    /** At least one of them was answered. */
    sum: (right: number, wrong: number, skipped: number) => {
      const all = right + wrong
      const came = right === all ? 'so' : right === 0 ? 'otherwise' : undefined
      const told =
        all === 1
          ? `You foretold one thing, and it came ${came}`
          : came === undefined
            ? `You foretold ${all} things, and ${right} of them came so`
            : `You foretold ${all} things, and all of them came ${came}`
      return `${told}${skipped === 0 ? '' : `; you skipped ${plural(skipped, 'question')}`}.`
    },
  },

  inRecord: 'its way stands in the record',
  /** `took`: a time, with its unit. */
  builtAgain: (steps: number, took: string) => {
    const from = steps === 0 ? 'from the start' : steps === 1 ? 'with step 1' : `with steps 1 to ${steps}`
    return `Built again ${from}, in ${took}: a new sandbox, without what was typed by hand.`
  },
  /** `node`: one of those that the lab has. */
  shell: (lab: string, node: string | undefined) => {
    const inside = node === undefined ? '' : ` ip netns exec ${node} bash goes into a node.`
    return `A shell on the host of ${lab}.${inside} What you change stays, until r builds the lab again; exit, or Ctrl-D, comes back to the lesson.`
  },

  yourTask: 'Your task',
  tryingGoal: 'trying the goal',
  goalReached: 'the goal is reached',
  goalNotReached: (held: number, of: number) =>
    of === 1 ? 'the goal is not reached' : `the goal is not reached: ${held} of ${of} hold`,
  hint: (given: number, of: number) => `Hint ${given} of ${of}:`,
  noHints: 'there are no hints',
  solution: 'The solution:',
  taskShell: (lab: string) =>
    `A shell on the host of ${lab}. Its prompt says how far the goal is; exit, or Ctrl-D, comes back to the lesson.`,
  reachedInShell: 'The goal is reached: exit, or Ctrl-D, goes on.',
  /** Of a shell that is in no lesson; `hint`, `check`: commands. */
  shellAtTask: (lab: string, hint: string) =>
    `A shell on the host of ${lab}. Its prompt says how far the goal is; exit, or Ctrl-D, leaves it. In another terminal, or after that, ${hint} gives a hint.`,
  reachedBefore: (check: string) => `The goal is reached: exit, then ${check} goes on.`,
  /** Where a lesson was left; `step` from 1 on. */
  wasAt: (step: number, of: number, day: string) => `You were at step ${step} of ${of}, on ${day}.`,
  isAt: (step: number, of: number, command: string) =>
    `You are at step ${step} of ${of}; ${command} goes on there.`,
  builtBefore: (steps: number, took: string) =>
    `${steps === 1 ? 'Step 1 is' : `Steps 1 to ${steps} are`} built, in ${took}. b goes back to look at ${steps === 1 ? 'it' : 'them'}.`,

  /** What keys do. */
  does: {
    run: 'run',
    try: 'try',
    on: 'go on',
    finish: 'finish',
    trace: 'trace',
    graph: 'graph',
    back: 'back',
    again: 'repeat',
    shell: 'shell',
    quit: 'quit',
    unfold: 'unfold',
    down: 'take it down',
    keep: 'keep it up',
    stay: 'back to the lesson',
    begin: 'begin',
    replace: 'take it down and go on',
    check: 'check',
    hint: 'hint',
    hintAgain: 'hint again',
    solution: 'solution',
    anew: 'begin anew',
    /** `step` from 1 on. */
    onAt: (step: number) => `go on at step ${step}`,
  },

  /** What stands around a step on a page. */
  onPage: {
    lesson: 'The lesson',
    begin: 'Begin the lesson',
    /** What it is, and what it begins with. */
    ahead: (steps: number) =>
      `${plural(steps, 'step')}, each with its reason, its commands, what they print and what is checked. To begin takes the lab down, and then builds it step by step.`,
    /** `step` from 1 on. */
    stepOf: (step: number, of: number) => `Step ${step} of ${of}`,
    itsChecks: 'Its checks',
    thenChecked: 'Then it is checked',
    checked: 'Checked',
    notChecked: 'Not checked',
    yourAnswer: 'Your answer',
    commandsRun: 'its commands run',
    checksTried: 'its checks are tried',
    done: 'done',
    asExpected: 'as expected',
    failed: 'failed',
  },

  noStepRun: (lab: string) => `${lab}: no step was run`,
  /** What the steps have come to; `verdict`: whether all is as expected. */
  summary: (lab: string, sums: LessonSums, verdict: string) => {
    const { walked, unseen, steps, isOpen, commands, checks } = sums
    const isWhole = walked === steps && !isOpen
    const last = walked === unseen + 1 ? `step ${walked}` : `steps ${unseen + 1} to ${walked}`
    const part = unseen === 0 ? `${walked} of ${steps} steps` : `${last} of ${steps}`
    const of = isWhole && unseen === 0 ? plural(walked, 'step') : part
    const counts = [of, plural(commands, 'command'), plural(checks, 'check')].join(', ')
    return `${lab}${isWhole ? ', walked to its end' : ''}: ${counts}; ${verdict}`
  },
  taskOpen: (held: number, of: number) =>
    of === 1 ? 'the task is open' : `the task is open, ${held} of ${of} hold`,
  stepsFailed: (count: number) => `${plural(count, 'step')} failed`,
  allAsExpected: 'all as expected',
  step: (number: number) => `step ${number}`,
  /** `walked` undefined: all steps. */
  kept: (lab: string, walked: number | undefined) => {
    const point =
      walked === undefined ? '' : walked === 0 ? ', without any step' : ` as step ${walked} left it`
    return `${lab} is up${point}.`
  },
  tryThis: 'Try:',
  recordWritten: (file: string) => `The lesson is written to ${file}`,

  /** What went with a lab; none of it may be there. */
  wentWith: ({ links, rules, ...living }: Inhabitants & { links: number; rules: number }): string[] => [
    ...(living.pods + living.nodes + living.machines > 0 ? [inhabitants(living)] : []),
    ...(links > 0 ? [plural(links, 'link')] : []),
    ...(rules > 0 ? [plural(rules, 'rule')] : []),
  ],
  isDown: (lab: string, went: readonly string[]) =>
    `${lab} is down: ${went.length === 0 ? '' : `${went.join(', ')} went with it; `}nothing is left`,
  wasNotRunning: (lab: string) => `${lab} was not running; nothing is left`,
  hadDied: (lab: string, went: readonly string[]) =>
    `${lab} had died before, and ${listing(went, 'and')} with it; nothing is left`,
  notFound: (lab: string) => `no lab named ${lab} is running; nothing to take down`,
  /** A lab of the lesson's name runs. */
  isUpAlready: (lab: string) => `${lab} is up already. A lesson builds it itself, step by step.`,
  notBegun: 'interrupted; no lesson was begun',
  interrupted: (lab: string) => `interrupted; ${lab} is taken down and nothing is left`,
}

/** What a lesson says, in a language. */
export type Words = typeof en

const failures: Record<FailureKind, string> = {
  refused: 'is refused',
  unreachable: 'is unreachable',
  timeout: 'times out',
}

function expectation(one: Expectation): string {
  switch (one.kind) {
    case 'fails':
      if (one.how.length === 0 || one.how.length === Object.keys(failures).length) return 'fails'
      return listing(
        one.how.map(how => failures[how]),
        'or',
      )
    case 'stays':
      return `stays with ${one.backends.length === 0 ? 'one pod' : listing(one.backends, 'or')}`
    case 'shares': {
      const shares = Object.entries(one.shares).map(([pod, share]) => `${pod} ${roundPercentage(share)}`)
      if (one.failed > 0) shares.push(`${roundPercentage(one.failed)} fail`)
      return shares.join(', ')
    }
    case 'answers': {
      const who = one.backends.length === 0 ? 'gets an answer' : `${listing(one.backends, 'or')} answers`
      const how = [
        ...(one.status === undefined ? [] : [`with status ${one.status}`]),
        ...(one.body === undefined ? [] : [`with a body like ${patternWords(one.body)}`]),
        ...(one.client === undefined ? [] : [`and sees the client as ${one.client}`]),
      ]
      return [who, ...how].join(' ')
    }
  }
}

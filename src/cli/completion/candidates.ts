import type { Argument, Command, Option } from 'commander'
import { firstControlCharacter } from '../../text/control-character.ts'

/** A word that may stand next on the command line. */
export interface Candidate {
  word: string
  /** One line for shells that show it; empty where the word says it all. */
  description: string
}

/** Where names come from that only the machine knows. */
export interface Names {
  /** Labs that ship. */
  labs(): readonly string[]
  /** Labs that run. */
  running(): readonly string[]
  /** Pods of a running lab; undefined: of the only one. */
  pods(lab: string | undefined): readonly string[]
  /** Its places, from which something can be asked: host, nodes, pods, machines. */
  places(lab: string | undefined): readonly string[]
  /** Lab files and folders whose path begins with this; folders end with `/`. */
  files(begun: string): readonly string[]
}

/** What may stand in place of the last word, which is perhaps only begun. All verbs and options come from the program itself. */
export function candidates(program: Command, words: readonly string[], names: Names): Candidate[] {
  // Bash counts the `=` of `--format=sh` as a word of its own.
  const line = words.filter((word, index) => word !== '=' || index === words.length - 1)
  const begun = line.at(-1) === '=' ? '' : (line.at(-1) ?? '')
  const all = possible(readLine(program, line.slice(0, -1)), begun, names)
  return all.filter(({ word }) => word.startsWith(begun) && isOneWord(word))
}

/** A file may be called anything; what the shell would take for several words, or act upon, is left to be typed. */
function isOneWord(word: string): boolean {
  return !/[\n\t]/.test(word) && firstControlCharacter(word) === undefined
}

function possible(state: LineState, begun: string, names: Names): Candidate[] {
  const { awaiting, afterDashes } = state
  if (isValue(awaiting, begun)) return values(awaiting.argChoices, placeholder(awaiting), state, begun, names)
  return begun.startsWith('-') && !afterDashes ? options(state) : operands(state, begun, names)
}

interface LineState {
  command: Command
  operands: string[]
  given: Set<Option>
  /** What `--lab` has named. */
  lab: string | undefined
  /** The option whose value comes next. */
  awaiting: Option | undefined
  /** `--` was given: what follows are no options. */
  afterDashes: boolean
}

function readLine(program: Command, words: readonly string[]): LineState {
  const state: LineState = {
    command: program,
    operands: [],
    given: new Set(),
    lab: undefined,
    awaiting: undefined,
    afterDashes: false,
  }
  for (const word of words) {
    if (isValue(state.awaiting, word)) readValue(state, state.awaiting, word)
    else if (state.afterDashes) state.operands.push(word)
    else if (word === '--') state.afterDashes = true
    else if (word.startsWith('-')) readOption(state, word)
    else readOperand(state, word)
  }
  return state
}

/** Whether a word is what an option waits for: one that takes several values takes them until the next option begins. */
function isValue(awaiting: Option | undefined, word: string): awaiting is Option {
  return awaiting !== undefined && !(awaiting.variadic && word.startsWith('-'))
}

function readValue(state: LineState, { long, variadic }: Option, word: string): void {
  if (long === '--lab') state.lab = word
  if (!variadic) state.awaiting = undefined
}

function readOption(state: LineState, word: string): void {
  state.awaiting = undefined
  const [flag = ''] = word.split('=', 1)
  const option = visibleOptions(state.command).find(({ long, short }) => flag === long || flag === short)
  if (!option) return
  state.given.add(option)
  if (option.required && !word.includes('=')) state.awaiting = option
}

function readOperand(state: LineState, word: string): void {
  const verb = state.command.commands.find(
    command => command.name() === word || command.aliases().includes(word),
  )
  if (verb && state.operands.length === 0) state.command = verb
  else state.operands.push(word)
}

function visibleOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command)
}

function options({ command, given }: LineState): Candidate[] {
  return visibleOptions(command)
    .filter(option => !given.has(option) || option.variadic)
    .map(option => ({ word: option.long ?? option.short ?? '', description: firstLine(option.description) }))
}

function operands(state: LineState, begun: string, names: Names): Candidate[] {
  const { command, operands: before, afterDashes } = state
  const verbs = afterDashes || before.length > 0 ? [] : command.createHelp().visibleCommands(command)
  const inner = verbs.map(verb => ({
    word: verb.name(),
    description: firstLine(verb.summary() || verb.description()),
  }))
  const argument = argumentAt(command, before.length)
  // Behind -- stands somebody else's command line.
  if (argument === undefined || (afterDashes && argument.variadic)) return inner
  return [...inner, ...values(argument.argChoices, argument.name(), state, begun, names)]
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1)
  return command.registeredArguments[index] ?? (last?.variadic ? last : undefined)
}

/** What an option's value is called: `pod` of `--in <pod>`. */
function placeholder(option: Option): string {
  return /[<[]([^\]>.]+)/.exec(option.flags)?.[1] ?? ''
}

/** The names of arguments say what they take; an unknown one is left to the shell, which offers files. */
function values(
  choices: readonly string[] | undefined,
  name: string,
  { operands: before, lab }: LineState,
  begun: string,
  names: Names,
): Candidate[] {
  const plain = (words: readonly string[], description = '') => words.map(word => ({ word, description }))
  if (choices) return plain(choices)
  const [first] = before
  // A lab, which may be left out, and a place of it.
  if (name === 'names') {
    if (first === undefined) return [...plain(names.running(), 'runs'), ...plain(names.places(lab))]
    return before.length === 1 && names.running().includes(first) ? plain(names.places(first)) : []
  }
  switch (name.toLowerCase().replace(/s$/, '')) {
    case 'lab':
      return [...plain(names.labs(), 'ships with netlab'), ...plain(names.files(begun))]
    case 'manifest':
      return plain(names.files(begun))
    case 'name':
      return plain(names.running(), 'runs')
    case 'pod':
      return plain(names.pods(lab ?? first))
    case 'place':
      return plain(names.places(lab ?? first))
    default:
      return []
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}

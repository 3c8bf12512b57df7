import type { Action, Command } from '../command/command.ts'
import { host } from '../command/command.ts'
import { commandLine, hostArgv, lineWithFiles, shellLine, shellWord } from '../command/command-line.ts'
import { podFiles, programOf } from '../command/pause.ts'
import type { Plan, Step, Task } from './plan.ts'
import { actionsOf } from './task-steps.ts'

/**
 * A plan as a shell script that runs by hand, as root, on a real machine. Its teardown takes back the steps that were
 * reached, and the machine's settings get the values that they had before.
 */
export function planScript(plan: Plan): string {
  const { lab, steps } = plan
  const serves = steps.some(step => actionsOf(step).some(({ command }) => programOf(command)[0] === 'netlab'))
  const file = `${lab}.sh`
  const lines = [
    '#!/bin/sh',
    ...wrapped(plan.title).map(comment),
    '#',
    `# The commands of netlab's lab ${lab}, as root on a machine that you can do without:`,
    `#   sh ${file}             carries out its steps, in order`,
    `#   sh ${file} teardown    takes them back, from the one that was reached`,
    ...(serves
      ? ["# The pods' servers are netlab's own: it must be on the PATH, or NETLAB be its path."]
      : []),
    ...chosenLines(plan),
    'set -eu',
    '',
    ...teardownLines(plan),
    'if [ "$#" -gt 0 ] && [ "$1" = teardown ]; then',
    '  teardown',
    '  exit',
    'fi',
    '',
    'step() {',
    // Not echo, which in some shells makes a control character of a title's backslashes.
    `  printf '%s\\n' "$1/${steps.length} $2"`,
    '  echo "$1" > "$reached"',
    '}',
    ...steps.flatMap((step, index) => stepLines(step, index)),
  ]
  return `${lines.join('\n')}\n`
}

function chosenLines({ chosen = [] }: Plan): string[] {
  if (chosen.length === 0) return []
  return [
    '#',
    '# What the lab file leaves to netlab:',
    ...chosen.map(({ of, value }) => `#   ${of}: ${value}`),
  ]
}

function teardownLines({ lab, steps }: Plan): string[] {
  const settings = settingsOf(steps)
  const undone = steps.flatMap((step, index) => undoLines(step, index)).length > 0
  return [
    '# How far the script came, which its teardown has to know.',
    `reached=/run/netlab-${lab}.step`,
    ...(settings.length === 0
      ? []
      : [
          "# The machine's settings as they were.",
          `settings=/run/netlab-${lab}.sysctl`,
          `[ -e "$settings" ] || sysctl --ignore ${shellLine(settings)} > "$settings"`,
        ]),
    '',
    '# What a step that broke off did not do cannot be taken back: such lines complain, and the rest goes on.',
    'teardown() {',
    '  last=$(cat "$reached")',
    '  set +e',
    ...(undone
      ? steps
          .map((step, index) => undoLines(step, index))
          .toReversed()
          .flat()
      : []),
    ...(settings.length === 0 ? [] : ['  sysctl --quiet --ignore --load="$settings"', '  rm "$settings"']),
    '  rm "$reached"',
    '}',
  ]
}

/** The settings of the host that a plan changes. */
function settingsOf(steps: readonly Step[]): string[] {
  const keys = steps.flatMap(step =>
    actionsOf(step)
      .filter(({ command }) => isSetting(command))
      .flatMap(({ command }) => settingKeys(command)),
  )
  return [...new Set(keys)]
}

function isSetting({ argv, in: place }: Command): boolean {
  return place === host && argv[0] === 'sysctl'
}

function settingKeys({ argv }: Command): string[] {
  return argv.flatMap(word => (word.includes('=') ? [word.slice(0, word.indexOf('='))] : []))
}

/** In reverse, so that each is taken back in the state that it left. */
function undoLines(step: Step, index: number): string[] {
  const lines = actionsOf(step)
    .toReversed()
    .flatMap(({ undo }) => undo.filter(command => !isSetting(command)).map(undoLine))
  const different = lines.filter((line, at) => line !== lines[at - 1])
  if (different.length === 0) return []
  return [`  if [ "$last" -ge ${index + 1} ]; then`, ...different.map(line => `    ${line}`), '  fi']
}

/** What is a line of shell by itself stands as one. */
function undoLine(command: Command): string {
  const [program, option, text, ...more] = command.argv
  const isLine = program === 'sh' && option === '-c' && more.length === 0 && command.in === host
  return isLine && text !== undefined ? text : commandLine(command)
}

function stepLines(step: Step, index: number): string[] {
  return [
    '',
    ...wrapped(step.why).map(comment),
    `step ${index + 1} ${shellWord(step.title)}`,
    ...step.actions.map(({ command }) => scriptLine(command)),
    ...wrapped(step.because ?? '').map(comment),
    ...(step.task === undefined ? [] : taskLines(step.task)),
  ]
}

function taskLines({ text, start, solution }: Task): string[] {
  return [
    ...(start.length === 0 ? [] : [comment('What the task begins with:'), ...start.map(lineOf)]),
    ...wrapped(`The task: ${text}`).map(comment),
    comment('Its solution:'),
    ...solution.map(lineOf),
  ]

  function lineOf({ command }: Action) {
    return scriptLine(command)
  }
}

/** Servers go on running when the script has ended. */
function scriptLine(command: Command): string {
  // It ends with 1 where it finds nothing to delete, and the script tries no connections that could leave something.
  if (command.argv[0] === 'conntrack') return `${commandLine(command)} || true`
  if (command.output !== undefined)
    return lineWithFiles(
      command,
      `> ${shellWord(command.output)} || { cat ${shellWord(command.output)}; exit 1; }`,
    )
  if (command.plugin?.fails === true) return lineWithFiles(command, '|| true')
  if (command.container === undefined) return commandLine(command)
  const [program, ...args] = programOf(command)
  const words = hostArgv(command)
  const typed =
    program === 'netlab'
      ? `${words
          .slice(0, -args.length - 1)
          .map(shellWord)
          .join(' ')} "\${NETLAB:-netlab}" ${args.map(shellWord).join(' ')}`
      : shellLine(words)
  const line = `${typed} > /dev/null 2>&1 &`
  const { pod, name, joins } = command.container
  return joins === undefined ? line : `${line}\n${begun(podFiles.pid(pod, name))}`
}

/** What joins a pod, or ends a container of it, must know its process. */
function begun(file: string): string {
  return `timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' ${file}`
}

function comment(text: string): string {
  return `# ${text}`
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + word.length + 1 > 98) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    if (line !== '') lines.push(line)
  }
  return lines
}

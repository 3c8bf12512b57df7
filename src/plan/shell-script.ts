import { commandLine, shellLine, shellWord } from './command-line.ts'
import type { Command, Plan, Step } from './plan.ts'

/** A plan as a shell script that runs by hand, as root, on a real machine, with a teardown that undoes each step in reverse. */
export function planScript(plan: Plan): string {
  const steps = plan.steps.flatMap((step, index) => stepLines(step, index, plan.steps.length))
  const undo = plan.steps.toReversed().flatMap(step => undoLines(step))
  const lines = [
    '#!/bin/sh',
    comment(`${plan.title}`),
    comment(
      `The commands of the lab ${plan.lab}, as root on a machine of your own: sh ${plan.lab}.sh; sh ${plan.lab}.sh teardown`,
    ),
    'set -eu',
    '',
    'teardown() {',
    ...undo.map(line => `  ${line}`),
    '}',
    'if [ "${1:-}" = teardown ]; then teardown; exit; fi',
    ...steps,
  ]
  return `${lines.join('\n')}\n`
}

function stepLines(step: Step, index: number, total: number): string[] {
  return [
    '',
    comment(`${index + 1}/${total} ${step.title}`),
    ...wrapped(step.why).map(comment),
    ...step.actions.map(({ command }) => scriptLine(command)),
  ]
}

/** In reverse, so that each is taken back in the state that it left. */
function undoLines(step: Step): string[] {
  return step.actions.toReversed().flatMap(({ undo }) => undo.map(scriptLine))
}

function scriptLine(command: Command): string {
  if (command.container === undefined) return commandLine(command)
  const { argv } = command
  const program = argv[0] === 'netlab' ? `"\${NETLAB:-netlab}" ${shellLine(argv.slice(1))}` : shellLine(argv)
  return `ip netns exec ${shellWord(command.in)} ${program} > /dev/null 2>&1 &`
}

function comment(text: string): string {
  return text === '' ? '#' : `# ${text}`
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

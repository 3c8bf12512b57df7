import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { commandLine } from '../../src/command/command-line.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { programsOf } from '../../src/plan/programs.ts'
import { planScript } from '../../src/plan/shell-script.ts'
import { renderPlan } from '../../src/view/plan-text.ts'
import { plainStyle } from '../../src/view/terminal.ts'
import { renderPlanJson } from '../../src/view/told-lab.ts'
import { labOf } from './lab-text.ts'

const exercise = labOf(readFileSync('test/lesson/exercise.yaml', 'utf8'))
const built = labAsBuilt(exercise)
const { steps } = built.plan
const mended = steps.find(({ title }) => title === 'Somebody has been here')!

it('what a task begins with and what solves it are neither commands nor checks of its step', () => {
  expect([mended.actions, mended.checks]).toEqual([[], []])
  const { start, goal, solution } = mended.task!
  expect([...start, ...solution].map(({ command }) => commandLine(command))).toEqual([
    'ip -n b link set eth0 down',
    'ip -n b link set eth0 up',
  ])
  expect(goal).toHaveLength(2)
})

it('each of them is taken back from the state that it left', () => {
  const lab = labOf(`name: x
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24}}
steps:
  - title: Rules
    run: [iptables --append INPUT --jump ACCEPT]
    task: Let nothing in.
    goal: [{command: 'false'}]
    start: [iptables --flush INPUT]
    solution: [iptables --append INPUT --jump DROP]
  - title: Away with them
    run: [iptables --flush INPUT]
`)
  const [first, last] = labAsBuilt(lab).plan.steps.slice(-2)
  const undo = [...first!.actions, ...first!.task!.start, ...first!.task!.solution, ...last!.actions].map(
    action => action.undo.map(commandLine),
  )
  expect(undo).toEqual([
    ['iptables -D INPUT --jump ACCEPT'],
    ['iptables -A INPUT --jump ACCEPT'],
    ['iptables -D INPUT --jump DROP'],
    ['iptables -A INPUT --jump DROP'],
  ])
})

it('the script begins the task, solves it, and takes both back', async () => {
  const script = planScript(built.plan)
  expect(script.slice(script.indexOf('# Since then'))).toMatch(
    /^# Since then .*\nstep \d+ 'Somebody has been here'\n# What the task begins with:\nip -n b link set eth0 down\n# The task: a is to reach b again\.\n# Its solution:\nip -n b link set eth0 up\n/,
  )
  expect(script).toMatch(/ip -n b link set eth0 down\n +ip -n b link set eth0 up\n/)
  expect(await execa('sh', ['-n'], { input: script, reject: false })).toMatchObject({
    exitCode: 0,
    stderr: '',
  })
})

it('the plan tells all of a task, and counts what is in it', () => {
  const text = renderPlan(plainStyle(), built.plan)
  expect(text).toContain(', 2 tasks\n')
  expect(
    text.slice(text.indexOf('    task  '), text.indexOf('Both answer again')),
  ).toBe(`    task  a is to reach b again.
    goal  curl 10.0.0.21:8080 from a: b answers
    goal  ip link show dev eth0 in b: exits with 0 and prints "…state UP…"
    hint  Ask b for its links.
    hint  Its eth0 is down.

    start
    $ ip -n b link set eth0 down

    solution
    $ ip -n b link set eth0 up

6/7 `)
})

it('other programs find the task beside the commands of its step', () => {
  const told = JSON.parse(renderPlanJson(built)) as { steps: { title: string; task?: object }[] }
  expect(told.steps.find(({ title }) => title === mended.title)?.task).toMatchObject({
    text: 'a is to reach b again.',
    start: [{ command: { argv: ['ip', 'link', 'set', 'eth0', 'down'], in: 'b' }, undo: [{}] }],
    hints: ['Ask b for its links.', 'Its eth0 is down.'],
    solution: [{}],
  })
  expect(told.steps.filter(({ task }) => task !== undefined)).toHaveLength(2)
})

it('what a task runs must be there, too', () => {
  const lab = labOf(`name: x
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24}}
steps:
  - {title: One, task: Do it., start: [dig a], goal: [{command: ping a}], solution: [nginx]}
`)
  const programs = programsOf(labAsBuilt(lab).plan)
  expect(['dig', 'ping', 'nginx'].map(program => programs.get(program))).toEqual(['One', 'One', 'One'])
})

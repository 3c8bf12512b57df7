import { type Command, host } from '../command/command.ts'
import { commandLine, shellLine } from '../command/command-line.ts'
import type { Check } from '../model/lab.ts'
import type { LabEvent, StepEvent } from '../run/events.ts'
import type { CheckResult } from '../verify/report.ts'
import { describeExpectation } from './describe-check.ts'
import { milliseconds } from './json.ts'
import { printableJson } from './printable.ts'
import { toldAddresses, toldMachines, toldOutside } from './told-lab.ts'

/** Grows when a key goes or means something else, not when one is added. */
const version = 1

/** `up --json-events`: an event as one line of JSON, with keys that other programs rely on. docs/events.md tells them. */
export function renderEvent(event: StepEvent | LabEvent): string {
  return printableJson({ version, event: event.kind, ...told(event) }, 0)
}

function told(event: StepEvent | LabEvent): object {
  switch (event.kind) {
    case 'lab-started': {
      const { lab, services } = event.running
      const { lab: name, title, steps } = event.running.plan
      return {
        ...{ lab: name, title },
        pods: lab.pods.map(({ name, node, ...own }) => ({
          ...{ name, ...toldAddresses(own) },
          ...(node === host ? {} : { node }),
        })),
        outside: toldOutside(lab),
        nodes: toldMachines(lab.nodes),
        machines: toldMachines(lab.machines),
        services: services.map(({ service, clusterIP, port, protocol }) => ({
          ...{ service, clusterIP, port, protocol },
        })),
        steps: steps.map(step => ({
          ...{ title: step.title, commands: step.actions.length, checks: step.checks.length },
        })),
      }
    }
    case 'step-started': {
      const { index, step } = event
      const commands = step.actions.map(({ command }) => commandLine(command))
      const { title, why, because, checks } = step
      return { index, title, why, commands, checks: checks.map(toldCheck), because }
    }
    case 'commands-started': {
      const { index, first, commands } = event
      return { index, first, commands: commands.map(toldCommand) }
    }
    case 'commands-ran': {
      const { index, first, commands, output, ms } = event
      return { index, first, count: commands.length, output: bounded(output), ms: milliseconds(ms) }
    }
    case 'command-failed': {
      const { index, output, left } = event
      const { command, exitCode, signal, stderr } = event.failure
      const how = { exitCode, signal, stderr: bounded(stderr) }
      return { index, command: toldCommand(command), ...how, output: bounded(output), left }
    }
    case 'checks-started':
      return { index: event.index, count: event.count }
    case 'check-done': {
      const { index, done, count, result } = event
      return { index, done, count, ...toldResult(result) }
    }
    case 'step-done': {
      const { title, ok, ms } = event.result
      return { index: event.index, title, ok, ms: milliseconds(ms) }
    }
    case 'task-started':
      return {
        index: event.index,
        title: event.step.title,
        task: event.task.text,
        goal: event.task.goal.map(toldCheck),
      }
    case 'task-checked':
      return { index: event.index, reached: event.reached, goal: event.results.map(toldResult) }
    case 'lab-up': {
      const { lab, ms, pods, services } = event.report
      return { lab, ms: milliseconds(ms), pods, services }
    }
    case 'lab-failed': {
      const { lab, ms } = event.report
      return { lab, index: event.index, kept: event.kept, ms: milliseconds(ms) }
    }
    case 'lab-down':
      return { lab: event.lab, because: event.because }
  }
}

function toldCommand(command: Command): object {
  return { argv: command.argv, in: command.in, line: commandLine(command) }
}

function toldCheck(check: Check): object {
  const target = check.kind === 'curl' ? check.url : shellLine(check.argv)
  return { from: check.from, target, expected: describeExpectation(check) }
}

function toldResult({ check, observed, ok, ms, means, evidence }: CheckResult): object {
  return { ...toldCheck(check), observed, ok, ms: milliseconds(ms), means, evidence }
}

/** Characters of an output that a line holds, from its start and from its end. */
const kept = { first: 12_000, last: 4_000 }

function bounded(text: string): string {
  const left = text.length - kept.first - kept.last
  if (left <= 0) return text
  return `${text.slice(0, kept.first)}\n… ${left} characters left out …\n${text.slice(-kept.last)}`
}

import { host, type Place } from '../command/command.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { BuildPart, LabCommand, LabStep } from '../model/lab.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import { splitWords } from '../text/split-words.ts'
import { readChecks } from './checks.ts'
import { RuntimeSteps } from './cni-steps.ts'
import { checkPlace, type LabContext, serviceNamed, soundPodsOf } from './lab-context.ts'
import { asList } from './schema/fields.ts'
import type { StepInput } from './schema/step.ts'
import { checkTarget, readEndpoints } from './services.ts'
import { readQuestion, readTask } from './tasks.ts'

/** Reads the lesson's steps in order; what one changes holds for those after it. */
export function readSteps(inputs: readonly StepInput[], context: LabContext): LabStep[] {
  checkBuildOrder(inputs, context)
  const runtime = new RuntimeSteps(inputs, context)
  const now = new Map(context.services.map(service => [namespacedName(service), service.pods]))
  const steps = inputs.map((input, index): LabStep => {
    const path: Path = ['steps', index]
    const endpoints = readStepEndpoints(input, path, context)
    for (const [service, pods] of Object.entries(endpoints)) now.set(service, pods)
    const place = input.in ?? host
    checkPlace(place, [...path, 'in'], context)
    const cni = runtime.read(input, path)
    const commands = (key: 'run' | 'start' | 'solution') =>
      (input[key] ?? []).flatMap((each, at) => readRun(each, [...path, key, at], place, context))
    const checks = (key: 'check' | 'goal') =>
      (input[key] ?? []).flatMap((each, at) => readChecks(each, [...path, key, at], place, context, now))
    return {
      title: input.title,
      why: (input.why ?? '').trim(),
      build: asList(input.build),
      endpoints,
      ...(input.mode === undefined ? {} : { mode: input.mode }),
      ...(cni.length === 0 ? {} : { cni }),
      run: commands('run'),
      check: checks('check'),
      ...readQuestion(input, path, context),
      ...readTask(input, path, context, { commands, checks }),
      line: context.findings.lineAt(path),
    }
  })
  runtime.end()
  return steps
}

function readStepEndpoints(
  input: StepInput,
  path: Path,
  context: LabContext,
): Record<string, readonly string[]> {
  const { findings, services, podNames } = context
  const read = new Map<string, readonly string[]>()
  for (const [name, pods] of Object.entries(input.endpoints ?? {})) {
    const at = [...path, 'endpoints', name]
    const named = readEndpoints(pods, at, podNames, findings)
    const service = serviceNamed(name, services)
    if (service) {
      read.set(namespacedName(service), named)
      const isNew = named.filter(pod => !service.pods.includes(pod))
      for (const port of service.ports) {
        checkTarget(port, soundPodsOf(isNew, context), namespacedName(service), (message, fix) =>
          findings.report(at, message, fix),
        )
      }
    } else if (context.complete) {
      const names = services.map(each => (each.namespace === 'default' ? each.name : namespacedName(each)))
      findings.report(at, `there is no service ${name}`, didYouMean(name, names, 'the services are'), 'key')
    }
  }
  return Object.fromEntries(read)
}

function readRun(
  input: NonNullable<StepInput['run']>[number],
  path: Path,
  stepPlace: Place,
  context: LabContext,
): LabCommand[] {
  const long = typeof input === 'string' ? { run: input } : input
  const runPath = typeof input === 'string' ? path : [...path, 'run']
  const argv = readLine(long.run, runPath, context)
  const undo = long.undo === undefined ? undefined : readLine(long.undo, [...path, 'undo'], context)
  const place = long.in ?? stepPlace
  if (long.in !== undefined) checkPlace(long.in, [...path, 'in'], context)
  return argv ? [{ argv, in: place, ...(undo && { undo }) }] : []
}

function readLine(line: string, path: Path, { findings }: LabContext): readonly string[] | undefined {
  const words = findings.accept(path, splitWords(line))?.words
  if (words?.[0] === '') findings.report(path, 'the name of the program is empty', 'write a program')
  if (words?.[0] === 'sudo') {
    findings.report(path, 'sudo is not needed: in the lab every command runs as root', 'remove "sudo"')
  }
  return words
}

/** Each part once, and the network before what lives in it. Parts that no step names come before the first step. */
function checkBuildOrder(inputs: readonly StepInput[], context: LabContext): void {
  const { findings } = context
  const builtAt = new Map<BuildPart, number>()
  for (const [index, { build }] of inputs.entries()) {
    for (const [at, part] of asList(build).entries()) {
      const path: Path = Array.isArray(build) ? ['steps', index, 'build', at] : ['steps', index, 'build']
      const before = builtAt.get(part)
      if (before !== undefined) {
        findings.report(path, `"${part}" is already built in step ${before + 1}`, 'remove one of the two')
        continue
      }
      builtAt.set(part, index)
      if (part === 'overlay' && context.topology.overlay === undefined) {
        findings.report(path, 'there is no overlay to build', 'add "overlay" to the lab')
      } else if (part === 'overlay' && !builtAt.has('network') && isPlaced(inputs, 'network')) {
        findings.report(path, 'the overlay is made before there is a network', 'build "network" first')
      }
      if (part === 'cni' && context.topology.cni === undefined) {
        findings.report(path, 'no node has "cni" to build', 'add "cni" to the lab')
      } else if (part === 'cni' && !builtAt.has('network') && isPlaced(inputs, 'network')) {
        findings.report(path, 'plugins wire pods before there are any', 'build "network" first')
      } else if (part === 'cni' && builtAt.has('servers')) {
        findings.report(path, 'the servers are started before the pods are wired', 'build "cni" first')
      }
      if (part === 'network' && builtAt.has('servers')) {
        findings.report(path, 'the servers are started before there is a network', 'build "network" first')
      }
    }
  }
  const network = builtAt.get('network')
  const servers = builtAt.get('servers')
  const cni = builtAt.get('cni')
  if (cni !== undefined && servers === undefined) {
    const message = 'the servers, which no step builds, would be started before the pods are wired'
    findings.report(['steps', cni, 'build'], message, 'add "build: servers" to a step from here on')
  }
  if (network !== undefined && cni === undefined && context.topology.cni !== undefined) {
    const message = 'the plugins, which no step calls, would wire pods before there are any'
    findings.report(['steps', network, 'build'], message, 'add "build: cni" to a step from here on')
  }
  if (network === undefined) return
  if (servers === undefined) {
    const message = 'the servers, which no step builds, would be started before there is a network'
    findings.report(['steps', network, 'build'], message, 'add "build: servers" to a step from here on')
  }
  checkPlacesExist(inputs.slice(0, network), context)
}

function isPlaced(inputs: readonly StepInput[], part: BuildPart): boolean {
  return inputs.some(({ build }) => asList(build).includes(part))
}

/** Tells of commands and checks in pods that are only built by a later step. */
function checkPlacesExist(early: readonly StepInput[], { findings }: LabContext): void {
  const fix = 'move it to the step with "build: network" or after it'
  for (const [index, step] of early.entries()) {
    for (const key of ['run', 'start', 'solution'] as const)
      for (const [at, run] of (step[key] ?? []).entries()) {
        if (typeof run === 'string' || run.in === undefined || run.in === host) continue
        findings.report(['steps', index, key, at, 'in'], `${run.in} does not exist yet`, fix)
      }
    for (const key of ['check', 'goal'] as const)
      for (const [at, check] of (step[key] ?? []).entries()) {
        const place = asList(check.from).find(each => each !== host)
        if (place === undefined) continue
        findings.report(['steps', index, key, at, 'from'], `${place} does not exist yet`, fix)
      }
  }
}

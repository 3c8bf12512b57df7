import { Writable } from 'node:stream'
import { Chalk } from 'chalk'
import type { Action, Command } from '../../src/command/command.ts'
import type { Check, CurlCheck, Lab } from '../../src/model/lab.ts'
import type { Language } from '../../src/model/language.ts'
import { serviceTargets } from '../../src/plan/kube-proxy.ts'
import type { LabInCondition } from '../../src/plan/lab-in-condition.ts'
import type { Plan, Step } from '../../src/plan/plan.ts'
import { firstCondition, lastEndpoints } from '../../src/plan/step-endpoints.ts'
import type { StepResult } from '../../src/run/report.ts'
import type { CheckResult, ServiceSample } from '../../src/verify/report.ts'
import type { Style } from '../../src/view/terminal.ts'
import { wordsIn } from '../../src/view/words/words.ts'
import { labOf } from '../plan/lab-text.ts'

export function plain(width: number, language: Language = 'en'): Style {
  return { color: new Chalk({ level: 0 }), width, words: wordsIn[language] }
}

export function coloured(width: number): Style {
  return { color: new Chalk({ level: 1 }), width, words: wordsIn.en }
}

/** Keeps what is written; a terminal where it is told so. */
export class FakeStream extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns: number
  readonly rows = 24

  constructor(isTTY: boolean, columns = 80) {
    super()
    this.isTTY = isTTY
    this.columns = columns
  }

  getColorDepth(): number {
    return 4
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

export function command(line: string, place = 'host'): Command {
  return { argv: line.split(' '), in: place }
}

export function action(line: string, place?: string): Action {
  return { command: command(line, place), undo: [] }
}

export function curl(url: string, from: string, ...backends: string[]): CurlCheck {
  return { kind: 'curl', url, from, within: 5, once: false, expect: [{ kind: 'answers', backends }] }
}

export function step(title: string, actions: Action[] = [], checks: Check[] = [], why = ''): Step {
  return { title, why, from: 'lab', actions, checks }
}

export const dnatStep = step(
  'A virtual IP with one DNAT rule',
  [action('iptables --table nat --new HTTP-SERVICE')],
  [
    curl('10.100.100.100:8080', 'host', 'netns_011'),
    { ...curl('10.100.100.100:8080', 'netns_011'), expect: [{ kind: 'fails', how: [] }] },
  ],
  `A cluster IP belongs to no interface: nothing answers for it.
One rule rewrites the destination of every packet to it.

From netns_011 itself it fails, because the answer takes a short cut.`,
)

export const steps: readonly Step[] = [
  step('Forwarding', [action('sysctl -w net.ipv4.ip_forward=1')], [], 'A machine that forwards is a router.'),
  step('Two pods on a bridge', Array<Action>(14).fill(action('ip link set eth0 up', 'netns_011'))),
  step('Reach each pod directly', [], Array<Check>(4).fill(curl('10.0.0.11:8080', 'host', 'netns_011'))),
  dnatStep,
]

export const plan: Plan = {
  lab: 'clusterip',
  title: 'From one DNAT rule to a load-balanced ClusterIP',
  steps,
}

const lab: Lab = labOf(`name: clusterip
title: From one DNAT rule to a load-balanced ClusterIP
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  netns_011: {address: 10.0.0.11/24, containers: {server: {serve: 8080}}}
  netns_021: {address: 10.0.0.21/24, containers: {server: {serve: 8080}, log: {command: [cat]}}}
outside: {client: 192.0.2.10/24}
services:
  - {name: http-server, clusterIP: 10.100.100.100, endpoints: [netns_011, netns_021], ports: [{port: 8080}]}
`)

/** The lab of that plan, as it is when all is well. */
export const built: LabInCondition = {
  lab,
  condition: firstCondition(lab),
  outlines: steps.map(({ task: _, ...step }) => ({
    ...step,
    build: [],
    endpoints: {},
    mode: 'iptables' as const,
    cni: [],
    run: [],
  })),
  plan,
  services: serviceTargets(lab, lastEndpoints(lab)),
}

export function stepResult(index: number, more: Partial<StepResult> = {}): StepResult {
  const { title, actions } = steps[index]!
  return {
    title,
    ok: true,
    ms: [12.2, 34.4, 3.21, 1834][index]!,
    commands: actions.length,
    checks: [],
    ...more,
  }
}

export const heldCheck: CheckResult = {
  check: curl('10.100.100.100:8080', 'host', 'netns_011'),
  step: dnatStep.title,
  from: 'host',
  target: '10.100.100.100:8080',
  observed: 'netns_011 answered',
  ok: true,
  ms: 3.1,
}

export const failedCheck: CheckResult = {
  ...heldCheck,
  check: curl('10.100.100.100:8080', 'netns_011', 'netns_011'),
  from: 'netns_011',
  observed: 'timed out after 0.5 s',
  ok: false,
  ms: 500,
}

export function sample(
  from: string,
  first: number,
  second: number,
  more: Partial<ServiceSample> = {},
): ServiceSample {
  return {
    service: 'default/http-server',
    portName: '',
    protocol: 'TCP',
    clusterIP: '10.100.100.100',
    port: 8080,
    target: { kind: 'cluster IP', node: 'host', address: '10.100.100.100', port: 8080 },
    from,
    expected: 'spread',
    seenClients: [],
    requests: 1000,
    failed: 0,
    failures: { refused: 0, unreachable: 0, timeout: 0, other: 0 },
    backends: { netns_011: first, netns_021: second },
    expectedShare: { netns_011: 0.5, netns_021: 0.5 },
    pValue: 0.57,
    latency: { p50: 0.31, p99: 1.1 },
    ok: true,
    ...more,
  }
}

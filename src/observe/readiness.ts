import pMap from 'p-map'
import type { Place } from '../command/command.ts'
import { joinHostPort } from '../model/address.ts'
import type { ProbeState } from '../model/condition.ts'
import type { Lab, ReadinessProbe } from '../model/lab.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { tryConnections } from '../sandbox/tcp-connect.ts'
import { ask } from './curl.ts'

/** A container whose readiness is probed. */
export interface Probed {
  /** `pod/container` */
  key: string
  pod: string
  /** Whose kubelet probes it. */
  node: Place
  address: string
  probe: ReadinessProbe
}

/** What one probe saw; `why` says what hindered it. */
export interface ProbeResult {
  key: string
  ok: boolean
  why: string
}

/** The containers of a lab that have a readiness probe. */
export function probedContainers(lab: Lab): Probed[] {
  return lab.pods.flatMap(pod =>
    pod.containers.flatMap(({ name, readiness }) =>
      readiness === undefined
        ? []
        : [
            {
              ...{ key: `${pod.name}/${name}`, pod: pod.name, node: pod.node },
              ...{ address: pod.address.address, probe: readiness },
            },
          ],
    ),
  )
}

/** What kubelet makes of a probe: so many in a row must say the other thing before it changes its mind (prober/worker.go). */
export function afterProbe(state: ProbeState, ok: boolean, probe: ReadinessProbe): ProbeState {
  if (ok === state.ready) return { ready: state.ready, against: 0 }
  const against = state.against + 1
  const enough = ok ? probe.successThreshold : probe.failureThreshold
  return against >= enough ? { ready: ok, against: 0 } : { ready: state.ready, against }
}

/** Probes containers once, all at the same time, each from its node as kubelet does. */
export async function probeOnce(sandbox: Sandbox, containers: readonly Probed[]): Promise<ProbeResult[]> {
  const overTcp = containers.filter(({ probe }) => probe.handler.kind === 'tcpSocket')
  const overHttp = containers.filter(({ probe }) => probe.handler.kind === 'httpGet')
  const nodes = [...new Set(overTcp.map(({ node }) => node))]
  const [connected, answers] = await Promise.all([
    Promise.all(
      nodes.map(node =>
        connectFrom(
          sandbox,
          node,
          overTcp.filter(container => container.node === node),
        ),
      ),
    ),
    pMap(overHttp, container => httpGet(sandbox, container), { concurrency: 8 }),
  ])
  return [...connected.flat(), ...answers]
}

async function connectFrom(
  sandbox: Sandbox,
  node: Place,
  containers: readonly Probed[],
): Promise<ProbeResult[]> {
  const targets = containers.map(({ address, probe }) => ({
    ...{ address, port: probe.handler.port, timeout: probe.timeoutSeconds },
  }))
  const words = await tryConnections(sandbox, node, targets)
  return containers.map(({ key, probe }, index) => {
    const word = words[index] ?? ''
    return { key, ok: word === '', why: connectionWords(word, probe) }
  })
}

async function httpGet(sandbox: Sandbox, { key, node, address, probe }: Probed): Promise<ProbeResult> {
  const { handler, timeoutSeconds } = probe
  const path = handler.kind === 'httpGet' ? handler.path : '/'
  const answer = await ask(
    sandbox,
    `http://${joinHostPort(address, handler.port)}${path}`,
    node,
    timeoutSeconds,
  )
  if (answer.failure === undefined) {
    const ok = answer.status >= 200 && answer.status < 400
    return { key, ok, why: ok ? '' : `HTTP status ${answer.status}` }
  }
  const words: Record<string, string> = {
    refused: 'ECONNREFUSED',
    unreachable: 'EHOSTUNREACH',
    timeout: 'timeout',
  }
  return { key, ok: false, why: connectionWords(words[answer.failure] ?? answer.message, probe) }
}

function connectionWords(word: string, { timeoutSeconds }: ReadinessProbe): string {
  switch (word) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'unreachable'
    case 'timeout':
      return `no answer within ${timeoutSeconds} s`
    default:
      return word
  }
}

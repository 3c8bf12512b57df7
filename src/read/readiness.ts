import type { Container, ReadinessProbe } from '../model/lab.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { ReadinessInput } from './schema/program.ts'

/** Fills in Kubernetes' defaults (`SetDefaults_Probe` in core/v1/defaults.go); undefined after a problem. */
export function readReadiness(
  input: ReadinessInput,
  container: Container,
  path: Path,
  findings: Findings,
): ReadinessProbe | undefined {
  const { httpGet, tcpSocket } = input
  if ((httpGet === undefined) === (tcpSocket === undefined)) {
    const message =
      httpGet === undefined ? 'nothing is said of how to probe' : '"httpGet" and "tcpSocket" both stand here'
    const fix =
      httpGet === undefined ? 'add "httpGet: {port: 8080}" or "tcpSocket: {port: 8080}"' : 'remove one'
    findings.report(path, message, fix, 'key')
    return undefined
  }
  const portPath = [...path, httpGet === undefined ? 'tcpSocket' : 'httpGet', 'port']
  const port = readPort((httpGet ?? tcpSocket)!.port, container, portPath, findings)
  if (port === undefined) return undefined
  return {
    handler:
      httpGet === undefined
        ? { kind: 'tcpSocket', port }
        : { kind: 'httpGet', path: httpGet.path ?? '/', port },
    periodSeconds: input.periodSeconds ?? 10,
    timeoutSeconds: input.timeoutSeconds ?? 1,
    failureThreshold: input.failureThreshold ?? 3,
    successThreshold: input.successThreshold ?? 1,
  }
}

/** A command that names no ports may listen on any; of others it is known where nobody would answer. */
function readPort(
  port: number | string,
  { command, ports }: Container,
  path: Path,
  findings: Findings,
): number | undefined {
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP')
  if (typeof port === 'string') {
    const named = tcp.find(({ name }) => name === port)
    if (named !== undefined) return named.port
    const names = tcp.flatMap(({ name }) => name || [])
    const fix = didYouMean(port, names, 'it has') ?? `add "ports: {${port}: 8080}"`
    findings.report(path, `there is no TCP port named "${port}"`, fix)
    return undefined
  }
  if (tcp.some(each => each.port === port) || (command.length > 0 && ports.length === 0)) return port
  const listed = tcp.length === 0 ? '' : `: ${tcp.map(each => each.port).join(', ')}`
  findings.report(path, `nobody serves port ${port} here`, `write a port that it serves${listed}`)
  return undefined
}

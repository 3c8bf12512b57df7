import type { PodReport } from '../run/pods.ts'
import type { SyncReport } from '../run/sync.ts'
import { Causes, commandFailureLines, failedCheckLines } from './failure.ts'
import { duration, listing, plural } from './format.ts'
import { block, hanging } from './layout.ts'
import { printable, printableJson } from './printable.ts'
import type { Style } from './terminal.ts'

/** What a sync did, who did it first: `kubelet: …`, `endpoint controller: …`, `kube-proxy: …`. */
export function renderSync(style: Style, report: SyncReport): string {
  const news = syncNews(style, report)
  const { step } = report
  const failed = step === undefined || step.ok ? [] : step.checks.filter(check => !check.ok)
  return block([
    ...news.flatMap(([who, words]) =>
      hanging(`${style.color.bold(`${who}:`)} `, printable(words), style.width, 2),
    ),
    ...(step?.failure === undefined ? [] : ['', ...commandFailureLines(style, step.failure, 2)]),
    ...failedCheckLines(style, failed, new Causes()),
  ])
}

/** The same while it goes on: with the time of day, and nothing where nothing happened. */
export function renderWatched(style: Style, report: SyncReport, now: Date): string {
  const quiet = report.pods.length === 0 && report.rules.how === 'none' && report.step === undefined
  if (quiet && Object.keys(report.endpoints).length === 0) return ''
  const time = style.color.dim(now.toTimeString().slice(0, 8))
  return renderSync(style, report).replaceAll(/^(?=\S)/gm, `${time} `)
}

/** `sync --json`: keys that scripts rely on. */
export function renderSyncJson(report: SyncReport): string {
  const { lab, ok, ms, pods, notReady, endpoints, rules, flushed } = report
  const { how, rules: changed, services, stale } = rules
  const json = {
    ...{ lab, ok, ms: Math.round(ms * 10) / 10, pods, notReady, endpoints },
    rules: { sync: how, changed, services, staleChains: stale },
    flushed,
  }
  return printableJson(json)
}

/** What became of a pod, and what has not been told of it yet. */
export function renderPod(style: Style, report: PodReport): string {
  const { color, width } = style
  if (report.container !== undefined) return renderContainer(style, report, report.container)
  const pod = color.bold(report.pod)
  const state = { running: 'runs', stopped: 'is stopped', killed: 'is killed' }[report.state]
  const already = report.changed ? '' : ' already'
  const lines = hanging('', `${pod} ${state}${already}`, width, 2)
  const { endpointOf, lab, watched } = report
  const sync = color.cyan(`netlab sync ${lab}`)
  const services = listed(endpointOf)
  if (endpointOf.length > 0) {
    const next = watched
      ? `${lab} is watched: the endpoints of ${services}, and their rules, follow by themselves`
      : `nobody has told kube-proxy: its rules still send to it for ${services}, until ${sync}`
    lines.push(...hanging('', next, width, 2))
  } else if (report.state === 'running') {
    const next = watched
      ? `${lab} is watched: it is an endpoint again as soon as it is ready`
      : `it is an endpoint again after ${sync}`
    lines.push(...hanging('', next, width, 2))
  }
  return block(lines)
}

function renderContainer(style: Style, { lab, pod, changed, state }: PodReport, container: string): string {
  const { color, width } = style
  const status = color.cyan(`netlab status ${lab}`)
  const name = `container ${color.bold(container)} of ${pod}`
  const words = changed
    ? `${name} was ${state}; ${status} shows whether it runs again`
    : `${name} does not run at the moment; ${status} shows why`
  return block(hanging('', words, width, 2))
}

function syncNews(_style: Style, report: SyncReport): [string, string][] {
  return [...kubeletNews(report), ...endpointNews(report), ...proxyNews(report)]
}

function kubeletNews({ pods, podCount, notReady }: SyncReport): [string, string][] {
  if (pods.length > 0) {
    return pods.map(({ pod, ready, why }) => [
      'kubelet',
      ready ? `${pod} is ready` : `${pod} is not ready: ${why}`,
    ])
  }
  const troubled = Object.entries(notReady).map(([pod, why]) => `${pod} (${why})`)
  if (troubled.length === 0) return [['kubelet', `${plural(podCount, 'pod')}, ready as before`]]
  return [['kubelet', `as before, not ready: ${listing(troubled, 'and')}`]]
}

/** Services whose endpoints are told one by one. */
const mostTold = 12

function endpointNews({ endpoints }: SyncReport): [string, string][] {
  const changed = Object.entries(endpoints)
  if (changed.length === 0) return [['endpoint controller', 'no endpoint has changed']]
  const rest = changed.length - mostTold
  const told = rest > 1 ? changed.slice(0, mostTold) : changed
  const lines = told.map(([service, pods]): [string, string] => {
    const names = pods.length > 8 ? `${pods.slice(0, 8).join(', ')}, …` : pods.join(', ')
    const words = pods.length === 0 ? 'no endpoints' : `${plural(pods.length, 'endpoint')}: ${names}`
    return ['endpoint controller', `${service} has ${words}`]
  })
  return rest > 1
    ? [...lines, ['endpoint controller', `and those of ${rest} more services have changed`]]
    : lines
}

function proxyNews({ rules, flushed, step }: SyncReport): [string, string][] {
  const udp = flushed
    .filter(({ connections }) => connections > 0)
    .map(({ command, connections }): [string, string] => [
      'kube-proxy',
      `${plural(connections, 'UDP connection')} flushed: ${command}`,
    ])
  if (rules.how === 'none') return [['kube-proxy', 'its rules stay as they are'], ...udp]
  const why = rules.flushed ? 'somebody took rules away or changed them; ' : ''
  const kind = rules.how === 'full' ? 'full' : 'partial'
  const count = rules.how === 'full' ? 'every rule written anew' : `${plural(rules.rules, 'rule')} changed`
  const stale = rules.stale.length === 0 ? '' : `, ${plural(rules.stale.length, 'stale chain')} gone`
  const time = step === undefined ? '' : ` in ${duration(step.ms)}`
  const chains = rules.services.length === 0 ? '' : `: ${listed(rules.services)}`
  return [['kube-proxy', `${why}${kind} sync, ${count}${stale}${time}${chains}`], ...udp]
}

function listed(services: readonly string[]): string {
  return services.length > 4 ? plural(services.length, 'service') : listing(services, 'and')
}

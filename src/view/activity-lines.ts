import type { Activity, Happened, NodeConnections, ServiceActivity } from '../graph/activity.ts'
import { plural, rate, thousands } from './format.ts'
import { chainSetsOf } from './graph/graph-formats.ts'
import { renderRuleTree } from './graph/rule-tree.ts'
import { block, padEnd, padStart, shorten, widest } from './layout.ts'
import { printable, printableJson } from './printable.ts'
import type { Style } from './terminal.ts'

/** How a lab's activity is shown. */
export interface ActivityView {
  /** Seconds between two readings. */
  interval: number
  /** `namespace/name` of the only service that is wanted. */
  service: string | undefined
  /** Whether a key ends it. */
  hasKeys: boolean
}

/** Below this width an endpoint's address has no room. */
const narrow = 60
/** Service ports that are told where none is asked for: those to which most comes. */
const mostServices = 8
/** States of connections that are told. */
const mostKinds = 4

/** What goes on in a lab: new connections to its services, those that its nodes track, and its rules with their counters. */
export function renderActivity(style: Style, activity: Activity, view: ActivityView): string {
  const { color } = style
  const { shown, left } = chosen(activity.services, view.service)
  const columns = countColumns(shown)
  const counted = activity.chains.filter(({ chains }) =>
    chains.some(({ rules }) => rules.some(({ packets }) => packets !== undefined)),
  )
  return block([
    headLine(style, activity, view),
    ...shown.flatMap((service, at) => serviceLines(style, service, columns, at === 0)),
    ...(left === 0
      ? []
      : [
          '',
          color.dim(shorten(`… ${plural(left, 'more service port')}; --service NAME shows one`, style.width)),
        ]),
    ...(shown.length === 0 ? [] : ['']),
    ...activity.connections.map(each => connectionsLine(style, each)),
    ...(counted.length === 0
      ? []
      : ['', renderRuleTree(style, chainSetsOf(counted), view.service).trimEnd()]),
    ...(counted.length > 0 || activity.chains.length === 0
      ? []
      : [color.dim(shorten('its rules have no counters; netlab graph --rules draws them', style.width))]),
  ])
}

/** The same for other programs, in one line. */
export function renderActivityJson({ at, ...activity }: Activity): string {
  return printableJson({ ...activity, at: new Date(at).toISOString() }, 0)
}

function headLine(
  { color, width }: Style,
  { lab, at }: Activity,
  { interval, hasKeys }: ActivityView,
): string {
  const clock = new Date(at).toTimeString().slice(0, 8)
  const long = `${clock}, every ${interval} s${hasKeys ? ', q ends it' : ''}`
  const right = lab.length + long.length + 2 <= width ? long : hasKeys ? `${clock}, q ends it` : clock
  const name = shorten(printable(lab), Math.max(1, width - right.length - 2))
  return `${color.bold(padEnd(name, width - right.length))}${color.dim(right)}`
}

/** The busiest service ports where there are many, in the lab's order. */
function chosen(services: readonly ServiceActivity[], service: string | undefined) {
  const wanted = services.filter(each => service === undefined || each.service === service)
  if (wanted.length <= mostServices || service !== undefined) return { shown: wanted, left: 0 }
  const busiest = new Set(
    wanted
      .toSorted((one, other) => (other.perSecond ?? 0) - (one.perSecond ?? 0) || other.count - one.count)
      .slice(0, mostServices),
  )
  return { shown: wanted.filter(each => busiest.has(each)), left: wanted.length - mostServices }
}

interface CountColumns {
  count: number
  rate: number
}

const heads = { left: 'new connections', count: 'so far', rate: '/s' } as const

function countColumns(services: readonly ServiceActivity[]): CountColumns {
  const all = services.flatMap(service => [service, ...service.endpoints])
  return {
    count: widest([heads.count, ...all.map(({ count }) => thousands(count))]) + 2,
    rate: widest([heads.rate, ...all.map(rateText)]) + 2,
  }
}

function rateText({ perSecond }: Happened): string {
  return perSecond === undefined ? '–' : rate(perSecond)
}

function serviceLines(
  style: Style,
  { service, portName, protocol, address, endpoints, ...all }: ServiceActivity,
  columns: CountColumns,
  isFirst: boolean,
): string[] {
  const { color, width } = style
  const room = Math.max(8, width - columns.count - columns.rate)
  const numbers = (one: Happened) =>
    `${padStart(thousands(one.count), columns.count)}${padStart(rateText(one), columns.rate)}`
  const row = (text: string, one: Happened) => {
    const line = `${padEnd(shorten(text, room), room)}${numbers(one)}`
    return (one.perSecond ?? 0) > 0 ? color.green(line) : line
  }
  const name = printable(portName === '' ? service : `${service}:${portName}`)
  const title = width < narrow ? name : `${name}  ${address}/${protocol}`
  const head = `${padStart(heads.count, columns.count)}${padStart(heads.rate, columns.rate)}`
  const pods = widest(endpoints.map(({ pod }) => printable(pod)))
  return [
    ...(isFirst ? [color.dim(`${padEnd(heads.left, room)}${head}`)] : ['']),
    color.bold(row(title, all)),
    ...(endpoints.length === 0 ? [color.yellow(shorten('  no endpoint', width))] : []),
    ...endpoints.map(({ pod, target, ...own }) =>
      row(`  ${padEnd(printable(pod), pods)}${width < narrow ? '' : `  ${target}`}`, own),
    ),
  ]
}

function connectionsLine({ color, width }: Style, { place, count, kinds }: NodeConnections): string {
  const words = Object.entries(kinds)
    .slice(0, mostKinds)
    .map(([kind, number]) => `${thousands(number)} ${kind}`)
  const more = Object.keys(kinds).length > mostKinds ? ', …' : ''
  const line = `${printable(place)} tracks ${plural(count, 'connection')}${words.length === 0 ? '' : `: ${words.join(', ')}${more}`}`
  return color.cyan(shorten(line, width))
}

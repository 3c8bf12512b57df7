import type { Estimate } from '../../chart/estimate.ts'
import type { LatencyChart, Point } from '../../chart/report.ts'

/** Columns of the table, with what each has of a point; empty where it was not measured. */
const columns: Readonly<Record<string, (point: Point) => string | number | undefined>> = {
  mode: ({ mode }) => mode,
  services: ({ services }) => services,
  ...estimateColumns('connect_median_us', ({ connect }) => connect.median),
  ...estimateColumns('connect_p99_us', ({ connect }) => connect.p99),
  ...estimateColumns('ab_median_us', ({ request }) => request?.median),
  ...estimateColumns('ab_p99_us', ({ request }) => request?.p99),
  load_ms: ({ load }) => load && round(load.ms),
  load_times: ({ load }) => load?.times,
  load_programs: ({ load }) => load?.programs,
  load_memory_bytes: ({ load }) => load?.memory,
  opened: ({ opened }) => opened,
  accepted: ({ accepted }) => accepted,
  counted: ({ counted }) => counted,
}

/** The points as comma-separated values, with a line of names first. */
export function renderChartCsv({ points }: LatencyChart): string {
  const rows = points.map(point => Object.values(columns).map(of => of(point) ?? ''))
  return [Object.keys(columns), ...rows].map(row => `${row.join(',')}\n`).join('')
}

function estimateColumns(name: string, of: (point: Point) => Estimate | undefined): typeof columns {
  const part = (key: keyof Estimate) => (point: Point) => {
    const value = of(point)?.[key]
    return value === undefined ? undefined : round(value)
  }
  return { [name]: part('value'), [`${name}_low`]: part('low'), [`${name}_high`]: part('high') }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

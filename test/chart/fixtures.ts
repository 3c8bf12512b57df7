import { growthOf } from '../../src/chart/growth.ts'
import type { ModeName } from '../../src/chart/modes.ts'
import type { LatencyChart, Point } from '../../src/chart/report.ts'

/** Microseconds: what a connection takes with no service, and what each thousand costs more. */
const costs: Partial<Record<ModeName, { first: number; perThousand: number; load: number }>> = {
  direct: { first: 40, perThousand: 0, load: 0 },
  'iptables-nft': { first: 55, perThousand: 40, load: 400 },
  'iptables-legacy': { first: 52, perThousand: 15, load: 150 },
  ebpf: { first: 44, perThousand: 0, load: 8 },
  nftables: { first: 54, perThousand: 0.5, load: 900 },
}

const estimate = (value: number) => ({ value, low: value * 0.96, high: value * 1.05 })

function point(mode: ModeName, services: number, connects: number): Point {
  const { first, perThousand, load } = costs[mode]!
  const connect = first + (perThousand * services) / 1000
  return {
    ...{ mode, services, opened: 6400, accepted: 6400 },
    connect: {
      median: estimate(connect),
      ...(connects < 100 ? {} : { p99: estimate(3 * connect) }),
    },
    request: { median: estimate(connect + 150), p99: estimate(900) },
    ...(load === 0 ? {} : { load: loadOf(12 + (load * services) / 1000, 1000 + 4000 * services) }),
    ...(mode.startsWith('iptables') ? { counted: 6400 } : {}),
  }
}

function loadOf(ms: number, memory: number) {
  return { ms, times: ms < 1000 ? 3 : 1, programs: 2, memory }
}

/** A run as it would be if nothing ever disturbed one. */
export function chartOf(
  services: readonly number[],
  modes: readonly ModeName[] = ['direct', 'iptables-nft', 'iptables-legacy', 'nftables'],
  connects = 200,
): LatencyChart {
  const points = services.flatMap(count => modes.map(mode => point(mode, count, connects)))
  const rounds = (time: number) =>
    Array.from({ length: 20 }, (_, round) => time * (1 + 0.01 * ((round % 5) - 2)))
  return {
    date: '2026-11-29T18:15:00.000Z',
    machine: { kernel: '6.12.0', processor: 'Some Processor', cores: 4, node: '20.19.0' },
    loadAverage: { before: 0.1, after: 1.2 },
    ...{ services, modes, rounds: 20, connects, requests: 100, points },
    growth: growthOf(
      points.map(({ mode, services, connect, request, load }) => ({
        ...{ mode, services, connect: rounds(connect.median.value), request: rounds(request!.median.value) },
        ...(load === undefined ? {} : { load: load.ms }),
      })),
    ),
    leftOut: [{ mode: 'ipvs', why: 'kernels give IPVS to no user namespace' }],
  }
}

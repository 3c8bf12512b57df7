import { describe, expect, it } from 'vitest'
import { growthOf } from '../../../src/chart/growth.ts'
import type { ModeName } from '../../../src/chart/modes.ts'
import { chartWords } from '../../../src/view/chart/words.ts'
import { chartOf } from '../../chart/fixtures.ts'

/** What is said of the claim where a mode's time grows by so much; `undefined`: by nobody knows how much. */
function claimOf(growths: Partial<Record<ModeName, number | undefined>>): string {
  const modes = Object.keys(growths) as ModeName[]
  const rounds = (mode: ModeName, services: number) => {
    const growth = growths[mode]
    const uneven = (round: number) => (round % 2 === 0) === (services === 1)
    return Array.from({ length: 20 }, (_, round) =>
      growth === undefined ? (uneven(round) ? 50 : 60) : 50 * (services === 1 ? 1 : growth),
    )
  }
  const growth = growthOf(
    modes.flatMap(mode =>
      [1, 1000].map(services => ({ mode, services, connect: rounds(mode, services), request: [] })),
    ),
  )
  return chartWords({ ...chartOf([1, 1000], modes), growth })[0]!.replace(/^The claim .* does not: /, '')
}

describe('of the claim', () => {
  it('is said that of eBPF it is true as well, only where iptables has grown', () => {
    expect(claimOf({ 'iptables-nft': 2, ebpf: 1 })).toBe(
      'of iptables it is true here, and it shows from 1,000 services on; of eBPF it is true as well.',
    )
    expect(claimOf({ 'iptables-nft': undefined, ebpf: 1 })).toBe(
      'of iptables this run cannot tell it up to 1,000 services; of eBPF it is true here.',
    )
    expect(claimOf({ 'iptables-nft': 1, ebpf: 1 })).toBe(
      'of iptables it does not show here up to 1,000 services; of eBPF it is true here.',
    )
    expect(claimOf({ ebpf: 1 })).toBe('iptables was not measured; of eBPF it is true here.')
  })

  it('is said what eBPF does that grows, or of which nobody knows', () => {
    expect(claimOf({ 'iptables-nft': 2, ebpf: 1.3 })).toMatch(/; of eBPF it is not true here\.$/)
    expect(claimOf({ 'iptables-nft': 2, ebpf: undefined })).toMatch(/; of eBPF this run cannot tell it\.$/)
  })
})

/** `1,000` */
export function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** How often a second: `0`, `0.5`, `12`, `1,200`. */
export function rate(perSecond: number): string {
  return perSecond < 10 ? String(Math.round(perSecond * 10) / 10) : thousands(Math.round(perSecond))
}

/** `1 pod`, `1,000 requests`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : many}`
}

/** How many there are of those who live in a lab. */
export interface Inhabitants {
  pods: number
  nodes: number
  machines: number
}

/** `2 pods`, `6 machines`, `3 nodes, 4 pods and 1 machine`. */
export function inhabitants({ pods, nodes, machines }: Inhabitants): string {
  if (nodes + machines === 0) return plural(pods, 'pod')
  const counts: [number, string][] = [
    [nodes, 'node'],
    [pods, 'pod'],
    [machines, 'machine'],
  ]
  return listing(
    counts.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun)),
    'and',
  )
}

/** Milliseconds, as a person would say them: `0.3 ms`, `12 ms`, `1.1 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 0.05) return '0 ms'
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${thousands(Math.floor(seconds / 60))} min ${seconds % 60} s`
}

/** A share of 1 with one decimal: `49.1 %`. */
export function percentage(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** A share of 1 with the decimals it needs: `50 %`, `33.3 %`. */
export function roundPercentage(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** `p = 0.57`; a tiny one only as far as it says something. */
export function probability(p: number): string {
  if (p < 1e-6) return 'p < 0.000001'
  if (p >= 0.01) return `p = ${p.toFixed(2)}`
  return `p = ${p.toFixed(6).replace(/0+$/, '')}`
}

/** `a`, `a or b`, `a, b or c`. */
export function listing(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** Which check a step is at where so many are done: `check 3 of 4`. */
export function checkAt(done: number, count: number): string {
  return `check ${Math.min(done + 1, count)} of ${count}`
}

/** What a lab needs of its kernel, as a part of a sentence: `a kernel with ipip`; none where that is nothing. */
export function kernelNeedWords(kernel: readonly string[]): string[] {
  return kernel.length === 0 ? [] : [`needs a kernel with ${kernel.join(', ')}`]
}

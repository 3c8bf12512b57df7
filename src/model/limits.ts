import type { Refusal } from '../text/problem.ts'
import type { Limits } from './lab.ts'

const mebibyte = 1024 ** 2

/**
 * What a lab may use where nobody says more: 16 threads and 16 MiB for each of 512 pods. A Node server has 7 threads and 7 to 11 MiB
 * of its own, nginx 3 processes and 3 MiB; a pod that only serves costs next to nothing.
 */
export const defaultLimits: Limits = {
  processes: 8192,
  memory: 8192 * mebibyte,
  files: 512 * mebibyte,
  logs: 64 * mebibyte,
}

/** The least with which a lab of one pod comes up. */
export const leastLimits: Limits = {
  processes: 64,
  memory: 128 * mebibyte,
  files: 16 * mebibyte,
  logs: mebibyte,
}

/** The most processes that a 64-bit kernel has numbers for (`PID_MAX_LIMIT`, include/linux/threads.h). */
export const mostProcesses = 4_194_304

export type LimitName = keyof Limits

/** In the order in which they are told. */
const limitNames = ['processes', 'memory', 'files', 'logs'] as const satisfies readonly LimitName[]

const units = ['K', 'M', 'G', 'T'] as const

/** How a size is written: `512M`. */
export const sizePattern = /^[1-9][0-9]{0,5}[KMGT]$/

/** Bytes of a size as people write it, in steps of 1024; undefined where it is none. */
export function readSize(text: unknown): number | undefined {
  if (typeof text !== 'string' || !sizePattern.test(text)) return undefined
  const bytes = Number(text.slice(0, -1)) * 1024 ** (units.indexOf(text.slice(-1) as 'K') + 1)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A limit as people write it. */
export function limitText(name: LimitName, value: number): string {
  if (name === 'processes') return String(value)
  const unit = units.findLastIndex((_, index) => value % 1024 ** (index + 1) === 0)
  return `${value / 1024 ** (unit + 1)}${units[unit] ?? ''}`
}

/** Why a size cannot be this limit; undefined where it can. */
export function sizeRefusal(name: LimitName, bytes: number | undefined): string | undefined {
  if (bytes === undefined) return 'is not a size: a whole number with K, M, G or T'
  return bytes < leastLimits[name]
    ? `is too small: at least ${limitText(name, leastLimits[name])}`
    : undefined
}

/** A limit in a person's own words: `memory=8G`, `processes=20000`. */
export function readLimit(text: string): Partial<Limits> | Required<Refusal> {
  const [, word = '', value = ''] = /^([a-z]+)=(.*)$/.exec(text) ?? []
  const name = limitNames.find(each => each === word)
  if (name === undefined) {
    return {
      refusal: `"${text.slice(0, 60)}" is no limit`,
      fix: `write one of ${limitNames.join(', ')}, "=" and how much`,
    }
  }
  const shown = `${name}: "${value.slice(0, 60)}"`
  const fix = `write, for example, ${name}=${limitText(name, 2 * defaultLimits[name])}`
  if (name === 'processes') {
    const count = /^[0-9]{1,7}$/.test(value) ? Number(value) : Number.NaN
    if (count >= leastLimits.processes && count <= mostProcesses) return { processes: count }
    return { refusal: `${shown} is not a number from ${leastLimits.processes} to ${mostProcesses}`, fix }
  }
  const bytes = readSize(value)
  const refusal = sizeRefusal(name, bytes)
  return refusal === undefined ? { [name]: bytes } : { refusal: `${shown} ${refusal}`, fix }
}

/** The limits of which a lab asks for more than it gets without the word of the person who runs it. */
export function beyondDefault(limits: Limits): LimitName[] {
  return limitNames.filter(name => limits[name] > defaultLimits[name])
}

import * as z from 'zod'
import type { Limits } from '../../model/lab.ts'
import {
  defaultLimits,
  type LimitName,
  leastLimits,
  mostProcesses,
  readSize,
  sizePattern,
  sizeRefusal,
} from '../../model/limits.ts'

/** Of any type for zod, so that a size without its unit is told as such and not as a number that wants quotes. */
function size(name: LimitName, description: string, example: string) {
  return z
    .unknown()
    .refine(value => sizeRefusal(name, readSize(value)) === undefined, {
      error: issue => `${written(issue.input)} ${sizeRefusal(name, readSize(issue.input))}`,
      params: { fix: `write, for example, ${example}` },
    })
    .optional()
    .meta({ type: 'string', pattern: sizePattern.source, description, examples: [example] })
}

function written(value: unknown): string {
  if (value === null) return 'nothing'
  return typeof value === 'object' ? 'a map or a list' : String(value).slice(0, 60)
}

/** What a lab may use of the machine. */
export const limits = z
  .strictObject({
    processes: z
      .int()
      .min(leastLimits.processes)
      .max(mostProcesses)
      .optional()
      .meta({ description: 'Processes and threads that live at once; 8192 by default.', examples: [4096] }),
    memory: size(
      'memory',
      'Memory of all its processes and files, where a cgroup can be made; `8G` by default.',
      '4G',
    ),
    files: size(
      'files',
      'What it may write to its own /tmp, /run, /var and /etc; `512M` by default.',
      '256M',
    ),
    logs: size('logs', "What its pods' programs may print; `64M` by default.", '16M'),
  })
  .meta({
    description:
      'What the lab may use at most. More than the defaults needs `--limit` of the person who runs it.',
    examples: [{ processes: 4096, memory: '4G' }],
  })

export type LimitsInput = z.infer<typeof limits>

/** What a lab file asks for; the defaults where it says nothing. */
export function readLimits(input: LimitsInput = {}): Limits {
  return {
    processes: input.processes ?? defaultLimits.processes,
    memory: readSize(input.memory) ?? defaultLimits.memory,
    files: readSize(input.files) ?? defaultLimits.files,
    logs: readSize(input.logs) ?? defaultLimits.logs,
  }
}

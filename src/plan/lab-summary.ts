import type { Lab } from '../model/lab.ts'
import { kernelNeedsOf, kernelWords } from './kernel-needs.ts'
import { labAsBuilt } from './lab-in-condition.ts'
import { programsOf } from './programs.ts'

/** A lab, in short. */
export interface LabSummary {
  name: string
  title: string
  steps: number
  /** How many of them have a task. */
  tasks: number
  /** To walk through it, about. */
  minutes: number
  /** What it runs by name, besides netlab. */
  programs: readonly string[]
  /** What it needs of its kernel beyond what every lab does: `IPVS`, `ipip`. */
  kernel: readonly string[]
  article?: string
}

/** Words that people read in a minute, of a text with addresses in it. */
const wordsPerMinute = 150
/** Minutes to look at a command of the lesson, or at a check, and at what came of it. */
const perLine = 0.15

/** Minutes to find out what is wrong, and to mend it. */
const perTask = 5

/** A lab in short; the minutes are an estimate from its text, its commands, its checks and its tasks. */
export function summaryOf(lab: Lab): LabSummary {
  const { plan } = labAsBuilt(lab)
  const words = lab.steps.flatMap(({ title, why, because = '', task }) =>
    `${title} ${why} ${because} ${task?.text ?? ''}`.split(/\s+/),
  ).length
  const lines = lab.steps.flatMap(({ run, check, task }) => [...run, ...check, ...(task?.goal ?? [])]).length
  const tasks = lab.steps.filter(({ task }) => task !== undefined).length
  const { name, title, article } = lab
  return {
    ...{ name, title, steps: plan.steps.length, tasks },
    minutes: Math.max(1, Math.round(words / wordsPerMinute + lines * perLine + tasks * perTask)),
    programs: [...programsOf(plan).keys()],
    kernel: kernelWords(kernelNeedsOf(lab, plan)),
    ...(article === undefined ? {} : { article }),
  }
}

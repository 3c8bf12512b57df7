import { dataplaneOf } from '../dataplane/modes.ts'
import type { CniCall } from '../model/cni-network.ts'
import type { EndpointsByService } from '../model/condition.ts'
import {
  type BuildPart,
  buildParts,
  type Check,
  type Lab,
  type LabCommand,
  type LabTask,
  type ProxySettings,
} from '../model/lab.ts'
import { topologyChecks } from './checks.ts'
import { partWordsInChinese } from './part-words-zh.ts'
import type { Step } from './plan.ts'
import { endpointsAfter, firstEndpoints } from './step-endpoints.ts'
import { type PartWords, topologyPart } from './topology.ts'

/** A step before its commands are made, which takes a large lab its time: what it says, builds, changes, runs and checks. */
export interface StepOutline
  extends Pick<Step, 'title' | 'why' | 'from' | 'checks' | 'because' | 'question'> {
  /** The parts of the topology that it builds; services come with `endpoints`. */
  build: readonly Exclude<BuildPart, 'services'>[]
  /** What kube-proxy knows after it; the very same object as after the step before where it learns nothing. */
  endpoints: EndpointsByService
  /** The mode that kube-proxy is in after it. */
  mode: ProxySettings['mode']
  /** What the container runtime does, before them. */
  cni: readonly CniCall[]
  run: readonly LabCommand[]
  task?: LabTask
}

/** A lab's steps in the order in which they run: what is declared and stands in no step of the lab, then the lab's own. */
export function stepOutlines(lab: Lab): readonly StepOutline[] {
  const placed = new Set(lab.steps.flatMap(step => step.build))
  let endpoints: EndpointsByService = {}
  let mode = lab.firstMode ?? lab.proxy.mode
  const outlines: StepOutline[] = []
  for (const part of buildParts) {
    if (placed.has(part) || isEmpty(part, lab)) continue
    if (part === 'services') endpoints = firstEndpoints(lab)
    outlines.push({
      ...partWords(part, lab),
      ...{ from: 'topology', build: part === 'services' ? [] : [part], endpoints, mode, cni: [], run: [] },
      checks: topologyChecks(part, lab),
    })
  }
  for (const step of lab.steps) {
    const { title, why, build, cni = [], run, check, because, question, task } = step
    endpoints = endpointsAfter(lab, endpoints, step)
    mode = step.mode ?? mode
    const checks: Check[] = [...build.flatMap(part => topologyChecks(part, lab)), ...check]
    const parts = build.filter(part => part !== 'services')
    outlines.push({
      ...{ title, why, from: 'lab', build: parts, endpoints, mode, cni, run, checks },
      ...(because === undefined ? {} : { because }),
      ...(question === undefined ? {} : { question }),
      ...(task === undefined ? {} : { task }),
    })
  }
  return outlines
}

/** A part without a command is no step of its own. */
function isEmpty(part: BuildPart, lab: Lab): boolean {
  if (part === 'services') return Object.keys(firstEndpoints(lab)).length === 0
  const { links = [], commands } = topologyPart(part, lab)
  return links.length + commands.length === 0
}

function partWords(part: BuildPart, lab: Lab): PartWords {
  if (lab.language === 'zh') return partWordsInChinese[part](lab)
  if (part === 'services') return servicesWords(lab)
  const { title, why } = topologyPart(part, lab)
  return { title, why }
}

function servicesWords({ services, firstMode, proxy }: Lab): PartWords {
  const names = services.map(service => service.name).join(', ')
  return {
    title: `kube-proxy's rules for ${services.length > 3 ? `${services.length} services` : names}`,
    why: `A cluster IP belongs to no interface. ${dataplaneOf({ mode: firstMode ?? proxy.mode }).summary}`,
  }
}

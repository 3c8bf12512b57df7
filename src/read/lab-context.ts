import { host } from '../command/command.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { LabService, Pod, Topology } from '../model/lab.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { LabInput } from './schema/lab.ts'
import { podFields } from './schema/pod.ts'

/** What steps and checks may refer to. */
export interface LabContext {
  topology: Topology
  services: readonly LabService[]
  /** Pods that were understood whole. */
  soundPods: readonly Pod[]
  /** Names of all pods and machines that are written, those too whose other fields are wrong. */
  podNames: ReadonlySet<string>
  outsideNames: ReadonlySet<string>
  machineNames: ReadonlySet<string>
  /** Whether everything was understood, so that what is not there surely does not exist. */
  complete: boolean
  /** Pods may learn names that netlab does not know: from name servers, or from a hosts file of the lab. */
  otherNames: boolean
  findings: Findings
}

/** Whether names may be known that the lab does not declare. */
export function hasOtherNames(input: LabInput): boolean {
  const pods = Object.values(input.pods ?? {})
  const usesNameserver = pods.some(pod => (podFields(pod).nameservers?.length ?? 0) > 0)
  return usesNameserver || Object.keys(input.files ?? {}).some(path => /(?:hosts|resolv\.conf)$/.test(path))
}

/** Tells of a place that does not exist. */
export function checkPlace(
  place: string,
  path: Path,
  { podNames, outsideNames, machineNames, findings }: LabContext,
): void {
  const places = [host, ...podNames, ...outsideNames, ...machineNames]
  if (places.includes(place)) return
  findings.report(path, `there is no place ${place}`, didYouMean(place, places, 'the places are'))
}

/** Tells of a pod that does not exist. */
function checkPod(name: string, path: Path, { podNames, findings }: LabContext, on?: 'key'): boolean {
  if (podNames.has(name)) return true
  findings.report(path, `there is no pod ${name}`, didYouMean(name, podNames, 'the pods are'), on)
  return false
}

/** Tells of a pod or machine that does not exist. */
export function checkBackend(name: string, path: Path, context: LabContext, on?: 'key'): void {
  const { podNames, machineNames, findings } = context
  if (machineNames.has(name)) return
  if (machineNames.size === 0) checkPod(name, path, context, on)
  else if (!podNames.has(name)) {
    const names = [...podNames, ...machineNames]
    const noun = podNames.size === 0 ? 'machine' : 'pod or machine'
    findings.report(path, `there is no ${noun} ${name}`, didYouMean(name, names), on)
  }
}

/** The service that is called `name` or `namespace/name`. */
export function serviceNamed(name: string, services: readonly LabService[]): LabService | undefined {
  return (
    services.find(each => namespacedName(each) === name) ??
    services.find(each => each.name === name && each.namespace === 'default') ??
    services.find(each => each.name === name)
  )
}

/** Those of the named pods that were understood whole. */
export function soundPodsOf(names: readonly string[], { soundPods }: LabContext): Pod[] {
  return names.flatMap(name => soundPods.find(each => each.name === name) ?? [])
}

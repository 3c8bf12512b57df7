import { networkOf, PodLeases } from '../model/cni.ts'
import type { CniCall } from '../model/cni-network.ts'
import type { Pod } from '../model/lab.ts'
import { isWiredByPlugins } from '../model/pod-link.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { LabContext } from './lab-context.ts'
import { asList } from './schema/fields.ts'
import type { StepInput } from './schema/step.ts'

/** Reads what steps have the container runtime do, in order: who is attached, and which address that gives, follows from those before. */
export class RuntimeSteps {
  readonly #context: LabContext
  readonly #leases: PodLeases
  readonly #attached = new Set<string>()
  /** The last call that gave a pod another address than it began with, or none. */
  readonly #off = new Map<string, { path: Path; why: string }>()

  constructor(inputs: readonly StepInput[], context: LabContext) {
    this.#context = context
    this.#leases = new PodLeases(context.topology)
    if (!inputs.some(({ build }) => asList(build).includes('cni'))) this.#attachAll()
  }

  /** The calls of a step. */
  read(input: StepInput, path: Path): CniCall[] {
    if (asList(input.build).includes('cni')) this.#attachAll()
    return (input.cni ?? []).flatMap((text, index) => this.#readCall(text, [...path, 'cni', index]))
  }

  /** To be called after the last step: names, rules and checks of the lab know each pod by one address. */
  end(): void {
    for (const { path, why } of this.#off.values())
      this.#context.findings.report(
        path,
        why,
        'add and delete it until it has that address again, or take it out',
      )
  }

  #attachAll(): void {
    this.#leases.addAll()
    for (const pod of this.#context.topology.pods) if (isWiredByPlugins(pod)) this.#attached.add(pod.name)
  }

  #readCall(text: string, path: Path): CniCall[] {
    const { topology, findings, complete } = this.#context
    const [, verb = '', name = '', fails] = /^(ADD|CHECK|DEL) (\S+)( fails)?$/.exec(text) ?? []
    const pod = topology.pods.find(each => each.name === name)
    const network = pod && networkOf(topology, pod)
    if (pod === undefined || network === undefined) {
      if (!complete) return []
      const names = topology.pods.filter(each => networkOf(topology, each)).map(each => each.name)
      const message = pod === undefined ? `there is no pod ${name}` : `no CNI plugin wires ${name}`
      findings.report(path, message, didYouMean(name, names, 'the pods that plugins wire are'))
      return []
    }
    const isAttached = this.#attached.has(name)
    if (verb === 'ADD')
      return isAttached ? this.#refuse(path, `${name} has been added already`) : this.#add(pod, path)
    if (!isAttached) return this.#refuse(path, `${name} is not attached at this step`)
    if (verb === 'CHECK' && !network.canCheck) {
      const why = `CHECK is not for ${network.file}: it needs a cniVersion from 0.4.0 on, and no "disableCheck"`
      return this.#refuse(path, why)
    }
    if (verb === 'CHECK') return [{ verb, pod: name, ...(fails === undefined ? {} : { fails: true }) }]
    this.#attached.delete(name)
    this.#leases.delete(pod)
    this.#off.set(name, { path, why: `${name} is deleted here, and no step adds it again` })
    return [{ verb: 'DEL', pod: name }]
  }

  #add(pod: Pod, path: Path): CniCall[] {
    const { name, address } = pod
    this.#attached.add(name)
    const given = this.#leases.add(pod)?.address
    this.#off.delete(name)
    if (given === undefined) return this.#refuse(path, `host-local has no address left for ${name}`)
    if (given !== address.address)
      this.#off.set(name, {
        path,
        why: `${name} gets ${given} here, and by the lab it has ${address.address}`,
      })
    return [{ verb: 'ADD', pod: name }]
  }

  #refuse(path: Path, why: string): CniCall[] {
    this.#context.findings.report(path, why)
    return []
  }
}

import type { Action, Command } from '../command/command.ts'
import { host } from '../command/command.ts'
import { Before, placed, undoOf } from '../command/undo.ts'
import { withBase } from '../dataplane/dataplane.ts'
import { modeChange } from '../dataplane/mode-change.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { networkOf, PodLeases } from '../model/cni.ts'
import type { CniCall } from '../model/cni-network.ts'
import type { EndpointsByService } from '../model/condition.ts'
import type { BuildPart, Lab, LabCommand, LabTask, ProxySettings } from '../model/lab.ts'
import { familiesOf, type Proxier, proxierName, proxyNodes } from '../model/places.ts'
import { addCalls, checkCalls, delCalls } from './cni.ts'
import { foldLikeNodes, foldOfParts, foldsOf } from './folds.ts'
import { nodeView } from './kube-proxy.ts'
import { type StepOutline, stepOutlines } from './outline.ts'
import { endPaused } from './pause.ts'
import type { Plan, Step, Task } from './plan.ts'
import { topologyPart } from './topology.ts'

/** Compiles a lab: the declared topology and the lab's own steps become one list of steps, in the order in which they run. */
export function compilePlan(lab: Lab, outlines: readonly StepOutline[] = stepOutlines(lab)): Plan {
  const planner = new Planner(lab)
  const steps = outlines.map(outline => planner.step(outline))
  const { name, title, chosen } = lab
  return { lab: name, title, ...(chosen === undefined ? {} : { chosen }), steps }
}

/** Goes through the steps in order and knows what the ones before have left behind. */
class Planner {
  readonly #lab: Lab
  readonly #before = new Before()
  #endpoints: EndpointsByService = {}
  #mode: ProxySettings['mode']
  readonly #rules = new Map<string, unknown>()
  readonly #leases: PodLeases

  constructor(lab: Lab) {
    this.#lab = lab
    this.#mode = lab.firstMode ?? lab.proxy.mode
    this.#leases = new PodLeases(lab)
  }

  step({ build, endpoints, mode, cni, run, checks, task, ...said }: StepOutline): Step {
    const changesRules = endpoints !== this.#endpoints || mode !== this.#mode
    const fold = said.from === 'lab' ? foldOfParts(build, changesRules) : undefined
    const built = build.flatMap(part => this.#build(part))
    const actions = [
      ...(fold === undefined ? built : built.map(action => ({ ...action, fold }))),
      ...cni.flatMap(call => this.#runtime(call)),
      ...(changesRules ? this.#sync(endpoints, mode) : []),
      ...run.map(command => this.#labAction(command)),
    ]
    return {
      ...{ ...said, actions, checks },
      ...(task === undefined ? {} : { task: this.#task(task) }),
    }
  }

  /** The steps after it find what its solution leaves. */
  #task({ text, goal, start, hints, solution }: LabTask): Task {
    const begun = start.map(command => this.#labAction(command))
    const solved = solution.map(command => this.#labAction(command))
    return { text, start: begun, goal, hints, solution: solved }
  }

  #build(part: Exclude<BuildPart, 'services'>): Action[] {
    const { links = [], commands } = topologyPart(part, this.#lab)
    if (part === 'cni') this.#leases.addAll()
    return [...links, ...commands.map(command => this.#action(command))]
  }

  /** What the container runtime does for a pod; which address that gives is known beforehand. */
  #runtime({ verb, pod: name, fails }: CniCall): Action[] {
    const pod = this.#lab.pods.find(each => each.name === name)
    const network = pod && networkOf(this.#lab, pod)
    if (pod === undefined || network === undefined) return []
    if (verb === 'CHECK') return checkCalls(network, pod, fails)
    if (verb === 'ADD') return addCalls(network, pod, { expects: this.#leases.add(pod) })
    this.#leases.delete(pod)
    return delCalls(network, pod)
  }

  /** Brings the rules of each node to these endpoints, as kube-proxy's next sync would; in another mode its first one. */
  #sync(endpoints: EndpointsByService, mode: ProxySettings['mode']): Action[] {
    const modes = { before: this.#mode, now: mode }
    this.#mode = mode
    if (Object.keys(endpoints).length === 0) return []
    this.#endpoints = endpoints
    const families = familiesOf(this.#lab)
    return foldLikeNodes(
      proxyNodes(this.#lab).map(node =>
        families.flatMap(family => this.#syncProxier({ node, family }, endpoints, modes)),
      ),
    )
  }

  #syncProxier(
    proxier: Proxier,
    endpoints: EndpointsByService,
    modes: Readonly<Record<'before' | 'now', ProxySettings['mode']>>,
  ): Action[] {
    const view = nodeView(this.#lab, proxier, endpoints)
    const name = proxierName(proxier)
    const dataplane = dataplaneOf({ mode: modes.now })
    const [known, next] = [this.#rules.get(name), dataplane.compile(view)]
    const isOther = modes.before !== modes.now
    const previous = isOther ? undefined : known
    const first = previous === undefined
    this.#rules.set(name, next)
    const other = dataplaneOf({ mode: modes.before })
    const made = [...(first ? dataplane.prepare(view) : []), ...dataplane.steps(previous, next)]
    const gone = isOther ? other.steps(known, undefined) : []
    const all = modeChange({ mode: other, commands: gone }, { mode: dataplane, commands: made })
    const steps = first ? withBase(all) : all
    const folds = foldsOf(steps)
    return steps.map(({ argv, explain }, at) => {
      const fold = folds[at]
      return { ...this.#action({ argv, in: proxier.node }), explain, ...(fold === undefined ? {} : { fold }) }
    })
  }

  #labAction(command: LabCommand): Action {
    const action = this.#action(placed(command.argv, command.in))
    return command.undo === undefined ? action : { ...action, undo: [placed(command.undo, command.in)] }
  }

  #action(command: Command): Action {
    return {
      command,
      undo: command.container === undefined ? undoOf(command, this.#before) : [endOf(command)],
    }
  }
}

/** The command that ends every program of a pod; one may have ended with another in the meantime, which is as good. */
function endOf({ in: pod, container }: Command): Command {
  if (container?.joins !== undefined) return endPaused(container.pod)
  return { argv: ['sh', '-c', `ip netns pids ${pod} | xargs -r kill || :`], in: host }
}

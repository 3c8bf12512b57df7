import type { Action, Command } from '../command/command.ts'
import { host } from '../command/command.ts'
import { Before, placed, undoOf } from '../command/undo.ts'
import { dataplane } from '../dataplane/modes.ts'
import {
  type BuildPart,
  buildParts,
  type Check,
  type Lab,
  type LabCommand,
  type LabStep,
} from '../model/lab.ts'
import { topologyChecks } from './checks.ts'
import { type EndpointsByService, nodeView, serviceTargets } from './kube-proxy.ts'
import type { Plan, Step } from './plan.ts'
import { endpointsAfter, firstEndpoints } from './step-endpoints.ts'
import { topologyPart } from './topology.ts'

/** Compiles a lab: the declared topology and the lab's own steps become one list of steps, in the order in which they run. */
export function compilePlan(lab: Lab): Plan {
  const planner = new Planner(lab)
  const placedParts = new Set(lab.steps.flatMap(step => step.build))
  const first = buildParts.filter(part => !placedParts.has(part))
  const generated = first.map(part => planner.partStep(part)).filter(step => step.actions.length > 0)
  const steps = [...generated, ...lab.steps.map(step => planner.labStep(step))]
  return {
    version: 1,
    lab: lab.name,
    title: lab.title,
    steps,
    pods: lab.pods.map(pod => ({
      name: pod.name,
      address: pod.address.address,
      veth: pod.veth,
      containers: pod.containers.map(container => container.name),
    })),
    outside: lab.outside.map(machine => ({ name: machine.name, address: machine.address.address })),
    services: serviceTargets(lab, planner.endpoints),
  }
}

/** Goes through the steps in order and knows what the ones before have left behind. */
class Planner {
  endpoints: EndpointsByService = {}
  readonly #lab: Lab
  readonly #before = new Before()
  #rules: unknown

  constructor(lab: Lab) {
    this.#lab = lab
  }

  partStep(part: BuildPart): Step {
    const { title, why } = part === 'services' ? servicesWords(this.#lab) : topologyPart(part, this.#lab)
    return {
      title,
      why,
      from: 'topology',
      actions: part === 'services' ? this.#sync(firstEndpoints(this.#lab)) : this.#build(part),
      checks: topologyChecks(part, this.#lab),
    }
  }

  labStep(step: LabStep): Step {
    const endpoints = endpointsAfter(this.#lab, this.endpoints, step)
    const actions = [
      ...step.build.flatMap(part => (part === 'services' ? [] : this.#build(part))),
      ...(endpoints === this.endpoints ? [] : this.#sync(endpoints)),
      ...step.run.map(command => this.#labAction(command)),
    ]
    const checks: Check[] = [...step.build.flatMap(part => topologyChecks(part, this.#lab)), ...step.check]
    return { title: step.title, why: step.why, from: 'lab', actions, checks }
  }

  #build(part: Exclude<BuildPart, 'services'>): Action[] {
    const { links = [], commands } = topologyPart(part, this.#lab)
    return [...links, ...commands.map(command => this.#action(command))]
  }

  /** Brings the host's rules to these endpoints, as kube-proxy's next sync would. */
  #sync(endpoints: EndpointsByService): Action[] {
    if (Object.keys(endpoints).length === 0) return []
    const view = nodeView(this.#lab, endpoints)
    const next = dataplane.compile(view)
    const first = this.#rules === undefined ? dataplane.prepare(view) : []
    const commands = [...first, ...dataplane.steps(this.#rules, next)]
    this.#rules = next
    this.endpoints = endpoints
    return commands.map(argv => this.#action({ argv, in: host }))
  }

  #labAction(command: LabCommand): Action {
    const action = this.#action(placed(command.argv, command.in))
    return command.undo === undefined ? action : { ...action, undo: [placed(command.undo, command.in)] }
  }

  #action(command: Command): Action {
    return {
      command,
      undo: command.container === undefined ? undoOf(command, this.#before) : [endOf(command.in)],
    }
  }
}

/** The command that ends every program of a pod; one may have ended with another in the meantime, which is as good. */
function endOf(pod: string): Command {
  return { argv: ['sh', '-c', `ip netns pids ${pod} | xargs -r kill || :`], in: host }
}

function servicesWords(lab: Lab): { title: string; why: string } {
  const names = lab.services.map(service => service.name).join(', ')
  return {
    title: `kube-proxy's rules for ${lab.services.length > 3 ? `${lab.services.length} services` : names}`,
    why:
      'A cluster IP belongs to no interface. kube-proxy turns each Service into chains of the nat table: KUBE-SERVICES knows ' +
      'the address, KUBE-SVC-… chooses an endpoint by chance, KUBE-SEP-… rewrites the destination to the pod.',
  }
}

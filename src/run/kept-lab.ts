import { host, type Place } from '../command/command.ts'
import type { Bridge, Lab, LabMachine, Pod } from '../model/lab.ts'

/** A lab as lab.json has it: older ones do not say all. The first netlab knew no networks, and so one node only. */
export type KeptLab = Omit<Lab, 'bridges' | 'pods' | 'networks' | 'nodes' | 'machines' | 'reach'> &
  Partial<Pick<Lab, 'networks' | 'reach'>> & {
    bridges: OnNode<Bridge>[]
    pods: KeptPod[]
    nodes?: KeptMachine[]
    machines?: KeptMachine[]
  }

type OnNode<Part extends { node: Place }> = Omit<Part, 'node'> & Partial<Pick<Part, 'node'>>
/** Whom one knows for good came with the kinds of links. */
type KeptMachine = Omit<LabMachine, 'neighbours'> & Partial<Pick<LabMachine, 'neighbours'>>
/** The first netlab said in the pod itself which bridge it is plugged into. */
type KeptPod = OnNode<Omit<Pod, 'link' | 'neighbours'>> &
  Partial<Pick<Pod, 'link' | 'neighbours'> & { bridge: string; veth: string }>

/** The lab with all that was not said yet. */
export function wholeLab(kept: KeptLab): Lab {
  const { nodes = [], machines = [] } = kept
  return {
    ...{ networks: [], reach: [] },
    ...kept,
    bridges: kept.bridges.map(bridge => ({ ...bridge, node: bridge.node ?? host })),
    pods: kept.pods.map(wholePod),
    nodes: nodes.map(wholeMachine),
    machines: machines.map(wholeMachine),
  }
}

function wholeMachine(kept: KeptMachine): LabMachine {
  return { ...kept, neighbours: kept.neighbours ?? [] }
}

function wholePod({ bridge = '', veth = '', ...pod }: KeptPod): Pod {
  return {
    ...pod,
    node: pod.node ?? host,
    link: pod.link ?? { kind: 'bridge', bridge, veth },
    neighbours: pod.neighbours ?? [],
  }
}

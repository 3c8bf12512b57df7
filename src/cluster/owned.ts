import type { KubernetesObjects, ManifestPod, Owner, Workload } from '../model/kubernetes.ts'

type Objects = Pick<KubernetesObjects, 'pods' | 'workloads'>

/**
 * The workloads whose pods are still to be made: a ReplicaSet that is owned by a Deployment is the Deployment's way to make them, and
 * where their pods are there already, as in a cluster's dump, they count once.
 */
export function workloadsToStart({ pods, workloads }: Objects): readonly Workload[] {
  const byName = new Map(workloads.map(workload => [keyOf(workload.namespace, workload), workload]))
  const served = new Set<string>()
  const serve = (namespace: string, owner: Owner) => {
    for (let next: Owner | undefined = owner; next !== undefined; ) {
      const key = keyOf(namespace, next)
      if (served.has(key)) return
      served.add(key)
      const known = byName.get(key)
      next = known === undefined ? deploymentOf(next) : known.owner
    }
  }
  for (const { namespace, owner } of pods) if (owner !== undefined) serve(namespace, owner)
  return workloads.filter(
    workload =>
      !served.has(keyOf(workload.namespace, workload)) &&
      (workload.owner === undefined || !byName.has(keyOf(workload.namespace, workload.owner))),
  )
}

/** The Deployment of a ReplicaSet that is not in the input itself: its name is the Deployment's and the hash of the template. */
function deploymentOf({ kind, name }: Owner): Owner | undefined {
  const [, deployment] = kind === 'ReplicaSet' ? (/^(.+)-[a-z0-9]+$/.exec(name) ?? []) : []
  return deployment === undefined ? undefined : { kind: 'Deployment', name: deployment }
}

function keyOf(namespace: ManifestPod['namespace'], { kind, name }: Owner): string {
  return `${namespace} ${kind} ${name}`
}

import type { Pod } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { readContainers } from './containers.ts'
import type { LabInput } from './schema/lab.ts'
import { podFields } from './schema/pod.ts'

/** What services need to know of a pod, whatever its address is. */
export type DescribedPod = Pick<Pod, 'name' | 'namespace' | 'labels' | 'containers'>

/** The pods that have no place yet, since something is wrong with their addresses; what is wrong with the rest has been told, so `silent` is heard by nobody. */
export function unplacedPods(
  input: LabInput,
  placed: readonly Pod[],
  doubtful: ReadonlySet<unknown>,
  silent: Findings,
): DescribedPod[] {
  const known = new Set<unknown>([...placed.map(({ name }) => name), ...doubtful])
  const places: [Path, LabInput['pods']][] = [
    [[], input.pods],
    ...Object.entries(input.nodes ?? {}).map(([name, { pods }]): [Path, LabInput['pods']] => [
      ['nodes', name],
      pods,
    ]),
  ]
  return places.flatMap(([path, pods = {}]) =>
    Object.entries(pods)
      .filter(([name]) => !known.has(name))
      .map(([name, pod]) => {
        const fields = podFields(pod)
        const { namespace = 'default', labels = {} } = fields
        return {
          name,
          namespace,
          labels,
          containers: readContainers(fields, [...path, 'pods', name], silent),
        }
      }),
  )
}

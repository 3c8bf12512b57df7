import type { Pod } from '../model/lab.ts'
import type { PodInput } from './schema/pod.ts'

/** What a pod says of its name in DNS. */
export function ownNames({ hostname, subdomain }: PodInput): Pick<Pod, 'hostname' | 'subdomain'> {
  return {
    ...(hostname === undefined ? {} : { hostname }),
    ...(subdomain === undefined ? {} : { subdomain }),
  }
}

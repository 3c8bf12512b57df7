import { host } from '../../command/command.ts'
import type { Hop } from '../evidence.ts'
import { virtualServerOff } from '../virtual-server.ts'

/** IPVS, which has the service's address in the place of rules. */
export const virtualServer: Hop = way => {
  const { question, facts, lab, from, address, port, declared } = way
  if (facts.after.ipvs === undefined || question.isPing) return undefined
  return virtualServerOff({
    ...{ lab, place: host, from, address, port },
    isSampled: question.shares !== undefined,
    now: facts.after.ipvs,
    links: way.host.links ?? [],
    wanted: declared.ipvs,
  })
}

import type { Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import type { ShownChain } from '../dataplane/dataplane.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Family } from '../model/address.ts'
import type { EndpointsByService } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { familiesOf, proxyNodes } from '../model/places.ts'
import { type ObservedLab, runTool } from '../observe/tool.ts'
import { nodeView } from '../plan/kube-proxy.ts'
import { expectedOf } from './lab-graph.ts'

/** The chains of a family in a network namespace. */
export interface PlaceChains {
  place: Place
  family: Family
  chains: readonly ShownChain[]
}

/** kube-proxy's chains as they would be with these endpoints, on each of a lab's nodes. Throws NetlabError for a mode that nobody draws. */
export function chainsOf(lab: Lab, endpoints: EndpointsByService): PlaceChains[] {
  return rulePlaces(lab).flatMap(({ place, family, isNode }) => {
    const chains = isNode ? declaredChains(lab, { place, family }, endpoints) : []
    return chains.length === 0 ? [] : [{ place, family, chains }]
  })
}

/** The chains that the kernels of a running lab's nodes and machines have, whoever made them, with their counters; half-way through a lesson of those that are there. */
export async function chainsInKernels({ sandbox, running, signal }: ObservedLab): Promise<PlaceChains[]> {
  const { lab, condition } = running
  const dataplane = dataplaneOf(lab.proxy)
  const found: PlaceChains[] = []
  for (const { place, family, isNode } of rulePlaces(lab)) {
    const argv = dataplane.saveCounted?.(family)
    if (argv === undefined) {
      const chains = isNode ? declaredChains(lab, { place, family }, condition.endpoints) : []
      found.push({ place, family, chains })
      continue
    }
    const saved = await runTool(sandbox, argv, {
      ...{ place, onlyNetwork: true },
      why: `reading the rules and their counters: ${commandLine({ argv, in: place })}`,
      ...(signal === undefined ? {} : { signal }),
    }).catch(error => {
      const isBuilt = expectedOf(running).has(place)
      if (isBuilt || signal?.aborted || !(error instanceof NetlabError)) throw error
      return undefined
    })
    if (saved === undefined) continue
    const rules = isNode
      ? dataplane.compile(nodeView(lab, { node: place, family }, condition.endpoints))
      : undefined
    found.push({ place, family, chains: dataplane.countedChains?.(saved.stdout, rules) ?? [] })
  }
  return found.filter(({ chains }) => chains.some(({ rules }) => rules.length > 0))
}

/** Whether somebody has taught the lab's mode of kube-proxy to show its chains. */
export function areRulesDrawn({ proxy }: Pick<Lab, 'proxy'>): boolean {
  const { chains, saveCounted } = dataplaneOf(proxy)
  return chains !== undefined || saveCounted !== undefined
}

function declaredChains(
  lab: Lab,
  { place: node, family }: Pick<PlaceChains, 'place' | 'family'>,
  endpoints: EndpointsByService,
): readonly ShownChain[] {
  if (Object.keys(endpoints).length === 0) return []
  const dataplane = dataplaneOf(lab.proxy)
  const chains = dataplane.chains?.(dataplane.compile(nodeView(lab, { node, family }, endpoints)))
  if (chains !== undefined) return chains
  throw new NetlabError({
    what: `rules of ${lab.proxy.mode} mode are not drawn yet`,
    fix: `netlab rules, with the file of ${lab.name}, prints them`,
    exitCode: exitCode.wrongInput,
  })
}

/** Where a lab may have rules: its nodes, and machines with rules of their own. */
function rulePlaces(lab: Lab) {
  const nodes = proxyNodes(lab).map(place => ({ place, isNode: true }))
  const machines = lab.machines.map(({ name: place }) => ({ place, isNode: false }))
  return [...nodes, ...machines].flatMap(each => familiesOf(lab).map(family => ({ ...each, family })))
}

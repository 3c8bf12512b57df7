import type { Family } from '../../model/address.ts'
import type { Dataplane } from '../dataplane.ts'
import { nodeModel } from '../promise.ts'
import { kernelAfter, ruleSteps, rulesChange } from './change.ts'
import { compileServices, servedNodePorts } from './compile.ts'
import { readListed } from './kernel-table.ts'
import { scriptText, toJson } from './print.ts'
import type { RuleSet } from './rules.ts'
import { chainsInKernel, chainsOfRules } from './shown-chains.ts'
import type { KernelTable } from './sync.ts'

/** A table that is not there is no error in a list of all tables. */
function list(family: Family): readonly string[] {
  return ['nft', 'list', 'ruleset', family === 'ipv4' ? 'ip' : 'ip6']
}

/** kube-proxy's nftables mode. */
export const nftables: Dataplane<RuleSet, KernelTable> = {
  compile: compileServices,
  // Node ports never answer on loopback addresses, so that no setting of the kernel is needed.
  prepare: () => [],
  steps: ruleSteps,
  sync: rulesChange,
  save: family => [list(family)],
  readBack: (text = '') => readListed(text),
  synced: kernelAfter,
  // The load balancer's source ranges are asked before it is known whether there are endpoints.
  model: view => nodeModel(view, ({ limitsSources }) => limitsSources),
  nodePorts: (settings, node, family) => ({
    addresses: servedNodePorts(settings, node, family),
    localhost: false,
  }),
  choosesBySource: () => false,
  chainsOf: 'nftables',
  summary:
    'kube-proxy has a table of its own for them: the map service-ips knows the address, a chain service-… chooses an ' +
    'endpoint by chance, a chain endpoint-… rewrites the destination to the pod.',
  serves: 'packets',
  loader: 'one transaction of nft',
  chains: chainsOfRules,
  saveCounted: list,
  countedChains: chainsInKernel,
  text: scriptText,
  json: toJson,
}

import { iptablesOf } from '../../model/families.ts'
import { nodePortScope } from '../../service/node-ports.ts'
import type { Dataplane } from '../dataplane.ts'
import { nodeModel } from '../promise.ts'
import { compileServices } from './compile.ts'
import { explainSaved } from './explain-saved.ts'
import { type KernelRules, kernelAfter, readSaved } from './kernel-rules.ts'
import { restoreText, toJson } from './restore-text.ts'
import { ruleCommands } from './rule-commands.ts'
import type { RuleSet } from './rules.ts'
import { rulesChange } from './rules-change.ts'
import { savedDifferences } from './saved-differences.ts'
import { usesFirewallChain } from './service-chains.ts'
import { chainsInKernel, chainsOfRules } from './shown-chains.ts'

/** kube-proxy's iptables mode. */
export const iptables = {
  compile: compileServices,
  // Where node ports shall answer on 127.0.0.1: the kernel refuses else to route what comes from a loopback address
  // (`ensureRouteLocalnet` in proxier.go).
  prepare: ({ settings, node, family }) =>
    nodePortScope(settings, node, family).localhost
      ? [
          {
            argv: ['sysctl', '-w', 'net.ipv4.conf.all.route_localnet=1'],
            explain: 'let the kernel route loopback addresses, so that node ports can answer on 127.0.0.1',
          },
        ]
      : [],
  steps: ruleCommands,
  sync: rulesChange,
  save: family => [[`${iptablesOf(family)}-save`]],
  readBack: (text = '') => readSaved(text),
  synced: kernelAfter,
  model: view => nodeModel(view, usesFirewallChain),
  nodePorts: nodePortScope,
  choosesBySource: () => false,
  chainsOf: 'iptables',
  summary:
    'kube-proxy turns each Service into chains of the nat table: KUBE-SERVICES knows ' +
    'the address, KUBE-SVC-… chooses an endpoint by chance, KUBE-SEP-… rewrites the destination to the pod.',
  serves: 'packets',
  loader: 'one iptables-restore',
  compare: savedDifferences,
  explainSaved,
  chains: chainsOfRules,
  saveCounted: family => [`${iptablesOf(family)}-save`, '-c'],
  countedChains: chainsInKernel,
  text: restoreText,
  json: toJson,
} as const satisfies Dataplane<RuleSet, KernelRules>

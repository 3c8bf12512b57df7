import { familyOf, isLoopback } from '../../model/address.ts'
import { nodePortAddresses } from '../../service/node-ports.ts'
import type { Dataplane } from '../dataplane.ts'
import { rulesChange } from './change.ts'
import { compileServices } from './compile.ts'
import { type KernelState, kernelAfter, readListed, saveArgv } from './kernel-state.ts'
import { scriptText, toJson } from './print.ts'
import { nodeModel } from './promise.ts'
import type { RuleSet } from './rules.ts'
import { ruleSteps } from './steps.ts'

/** kube-proxy's IPVS mode. */
export const ipvs: Dataplane<RuleSet, KernelState> = {
  compile: compileServices,
  prepare: view =>
    compileServices(view).sysctls.map(({ key, value, explain }) => ({
      argv: ['sysctl', '-w', `${key}=${value}`],
      explain,
    })),
  steps: ruleSteps,
  sync: rulesChange,
  save: family => [saveArgv(family)],
  readBack: (text = '') => readListed(text),
  synced: kernelAfter,
  model: nodeModel,
  nodePorts: (settings, node, family) => ({
    addresses:
      nodePortAddresses(settings.nodePortAddresses, node, family) ??
      node.addresses.filter(address => familyOf(address) === family && !isLoopback(address)),
    localhost: false,
  }),
  choosesBySource: ({ ipvs }) => ipvs.scheduler === 'sh',
  chainsOf: 'iptables',
  summary:
    'kube-proxy gives it to a device of its own, kube-ipvs0, and makes a virtual server of IPVS for each of its ports: it ' +
    'chooses an endpoint in the kernel. A few rules of iptables masquerade, and ask sets which connections.',
  serves: 'packets',
  loader: 'one call each of ipset, iptables-restore, ipvsadm and ip, each with what differs',
  text: scriptText,
  json: toJson,
}

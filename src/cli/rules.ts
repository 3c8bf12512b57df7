import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { NodeView } from '../dataplane/dataplane.ts'
import { dataplane } from '../dataplane/modes.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyName } from '../model/address.ts'
import { iptablesOf } from '../model/families.ts'
import type { KubernetesObjects } from '../model/kubernetes.ts'
import type { ProxySettings } from '../model/lab.ts'
import { ipAddress, network } from '../read/manifest/fields.ts'
import { readManifestFiles } from '../read/manifest/read-manifests.ts'
import { defaultProxySettings } from '../read/proxy-settings.ts'
import { slicesOfManifests } from '../service/from-manifests.ts'
import { LabError } from '../text/problem.ts'
import { renderLeftOut } from '../view/left-out.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'
import { isLab, type RulesByFamily, rulesOfLab } from './rules-of-lab.ts'

interface RulesOptions {
  file: string[]
  podCidr?: string[]
  clusterCidr?: string
  detectLocalMode: ProxySettings['detectLocalMode']
  podBridgeInterface: string
  podInterfaceNamePrefix: string
  masqueradeAll: boolean
  nodeName: string
  nodeIp: string[]
  nodeportAddresses: string[]
  iptablesLocalhostNodeports: boolean
  randomFully: boolean
  family: Family
  format: 'text' | 'json'
  jumps: boolean
  explain: boolean
}

/** Where pods without an address live unless told otherwise: flannel's and kind's networks. */
const podNetworks = { ipv4: ['10.244.0.0/16'], ipv6: ['fd00:10:244::/64'] } as const

/** `netlab rules`: the rules that kube-proxy would install. */
export function rulesCommand(): Command {
  return new Command('rules')
    .description('print the rules that kube-proxy would install, as iptables-restore text')
    .argument('[lab...]', 'a lab, as after its last step; or files with Kubernetes manifests')
    .option('-f, --file <file>', 'a file with Kubernetes manifests; "-" is stdin (repeatable)', collect, [])
    .option('--pod-cidr <cidrs>', 'where pods without an address get one; 10.244.0.0/16 by default', cidrs)
    .option('--cluster-cidr <cidrs>', "the cluster's pods; none: nothing tells pods from others", cidrText)
    .addOption(
      new Option('--detect-local-mode <mode>', "how this node's own pods are told")
        .choices(['ClusterCIDR', 'BridgeInterface', 'InterfaceNamePrefix'])
        .default('ClusterCIDR'),
    )
    .option('--pod-bridge-interface <name>', 'the bridge of --detect-local-mode BridgeInterface', '')
    .option('--pod-interface-name-prefix <prefix>', 'of --detect-local-mode InterfaceNamePrefix', '')
    .option('--masquerade-all', 'masquerade all traffic to cluster IPs', false)
    .option('--node-name <name>', 'the node for which the rules are; of a lab, one of its nodes', 'node')
    .option(
      '--node-ip <address>',
      "an address of the node's, the primary one first (repeatable)",
      addresses,
      [],
    )
    .option(
      '--nodeport-addresses <cidrs>',
      'where node ports answer; on all addresses by default',
      scopes,
      [],
    )
    .option('--iptables-localhost-nodeports <bool>', 'let node ports answer on 127.0.0.1', trueOrFalse, true)
    .option('--no-random-fully', 'masquerade without --random-fully')
    .addOption(
      new Option('--family <family>', 'IP family')
        .choices(['ipv4', 'ipv6'])
        .default('ipv4', 'ipv4; of a lab, each that it has'),
    )
    .addOption(new Option('--format <format>', 'output').choices(['text', 'json']).default('text'))
    .option('--jumps', 'with the jumps from the built-in chains', false)
    .option('--explain', 'with a line in plain words before each rule', false)
    .action(async (given: string[], options: RulesOptions, command: Command) => {
      const { out, err } = openTerminal()
      const labs = given.filter(isLab)
      if (labs.length > 0) {
        if (given.length + options.file.length > 1) throw onlyOneLab(labs)
        refuseNodeOptions(command)
        const said = <Key extends 'nodeName' | 'family'>(key: Key) =>
          command.getOptionValueSource(key) === 'cli' ? options[key] : undefined
        const rules = rulesOfLab(labs[0]!, { node: said('nodeName'), family: said('family') })
        out.pass(rulesByFamilyText(rules, options))
        return
      }
      const files = [...given, ...options.file]
      if (files.length === 0) {
        const fix = 'netlab rules clusterip, or netlab rules -f services.yaml'
        throw new NetlabError({ what: 'no lab and no manifest is named', fix, exitCode: exitCode.wrongInput })
      }
      const read = readManifestFiles(await Promise.all(files.map(readSource)))
      if (read.problems.length > 0) throw new LabError(read.problems)
      err.write(renderLeftOut(read))
      out.pass(rulesText(read.objects, options))
    })
}

/** A lab file says these things itself, under `proxy:`. */
const sharedOptions = ['file', 'format', 'jumps', 'explain', 'nodeName', 'family']

function refuseNodeOptions(command: Command): void {
  const said = command.options.find(
    option =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      !sharedOptions.includes(option.attributeName()),
  )
  if (said === undefined) return
  throw new NetlabError({
    what: `${said.long ?? said.flags} is for manifests`,
    fix: 'a lab has its settings in the lab file, under "proxy:"',
    exitCode: exitCode.wrongInput,
  })
}

function onlyOneLab([lab]: readonly string[]): NetlabError {
  return new NetlabError({
    what: `the rules of the lab ${lab} are printed by themselves`,
    fix: `netlab rules ${lab}`,
    exitCode: exitCode.wrongInput,
  })
}

function rulesText(objects: KubernetesObjects, options: RulesOptions): string {
  const { nodeName, family } = options
  const node = { name: nodeName, podNetworks: options.podCidr ?? podNetworks[family] }
  return ruleSetText(dataplane.compile(inputOf(objects, slicesOfManifests(objects, node), options)), options)
}

/** Each family has a program of its own, which takes its rules alone. */
function rulesByFamilyText(rules: RulesByFamily, options: RulesOptions): string {
  const [only, ...others] = rules.values()
  if (others.length === 0) return ruleSetText(only, options)
  const { jumps, format } = options
  if (format === 'json')
    return printableJson(
      Object.fromEntries([...rules].map(([family, each]) => [family, dataplane.json(each, { jumps })])),
    )
  return [...rules]
    .map(([family, each]) => `# ${familyName(family)}: ${iptablesOf(family)}\n${ruleSetText(each, options)}`)
    .join('')
}

function ruleSetText(rules: unknown, options: RulesOptions): string {
  const { jumps, explain } = options
  if (options.format === 'json') return printableJson(dataplane.json(rules, { jumps }))
  return dataplane.text(rules, { jumps, explain })
}

function inputOf(
  { services }: KubernetesObjects,
  slices: NodeView['slices'],
  options: RulesOptions,
): NodeView {
  return {
    services,
    slices,
    settings: {
      clusterCIDR: options.clusterCidr ?? '',
      detectLocalMode: options.detectLocalMode,
      detectLocal: {
        bridgeInterface: options.podBridgeInterface,
        interfaceNamePrefix: options.podInterfaceNamePrefix,
      },
      iptables: {
        ...defaultProxySettings.iptables,
        masqueradeAll: options.masqueradeAll,
        localhostNodePorts: options.iptablesLocalhostNodeports,
        randomFully: options.randomFully,
      },
      nodePortAddresses: options.nodeportAddresses,
    },
    node: { name: options.nodeName, addresses: options.nodeIp },
    family: options.family,
  }
}

async function readSource(file: string): Promise<{ file: string; text: string }> {
  if (file === '-') return { file: 'stdin', text: await readAll(process.stdin) }
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }
    const what = `${file} cannot be read: ${reasons[code ?? ''] ?? (cause as Error).message}`
    throw new NetlabError({ what, exitCode: exitCode.wrongInput, cause })
  }
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value]
}

function trueOrFalse(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new InvalidArgumentError('write true or false.')
  return value === 'true'
}

function cidrs(text: string): string[] {
  const parts = text.split(',').map(part => part.trim())
  for (const part of parts) {
    const problem = network.safeParse(part).error?.issues[0]
    if (problem) throw new InvalidArgumentError(`${problem.message}.`)
  }
  return parts
}

function cidrText(text: string): string {
  return cidrs(text).join(',')
}

function scopes(text: string): string[] {
  return text === 'primary' ? [text] : cidrs(text)
}

function addresses(text: string, previous: string[]): string[] {
  const problem = ipAddress.safeParse(text).error?.issues[0]
  if (problem) throw new InvalidArgumentError(`${problem.message}.`)
  return [...previous, text]
}

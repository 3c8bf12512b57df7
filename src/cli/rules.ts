import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { refuseMistakes } from '../cluster/cluster.ts'
import { hintNotes } from '../cluster/hint-notes.ts'
import { clusterNotes, idleFieldNotes } from '../cluster/notes.ts'
import type { NodeView } from '../dataplane/dataplane.ts'
import { ruleWriters } from '../dataplane/modes.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyName } from '../model/address.ts'
import { iptablesOf } from '../model/families.ts'
import { detectLocalModes, ipvsSchedulers } from '../model/proxy-modes.ts'
import { loadManifests } from '../read/load-manifests.ts'
import { readManifestFiles } from '../read/manifest/read-manifests.ts'
import { type ProxyConfig, settingNotes } from '../read/proxy-config.ts'
import { allocationComments, renderClusterNotes, renderIdle, renderLeftOut } from '../view/left-out.ts'
import { printable, printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'
import { loadProxyConfig, onlyConfig, withProxyConfig } from './rules-config.ts'
import {
  explainedSave,
  isOneSave,
  readSave,
  refuseUncompared,
  savedFamily,
  showDifferences,
} from './rules-diff.ts'
import { nodeNote } from './rules-node.ts'
import { isLab, type ViewsByFamily, viewsOfLab } from './rules-of-lab.ts'
import { clusterOfManifests } from './rules-of-manifests.ts'
import {
  addresses,
  bit,
  cidrs,
  cidrText,
  collect,
  nodePortNote,
  portRangeOption,
  type RulesOptions,
  refuseNodeOptions,
  refuseOthersDetector,
  refuseOthersOptions,
  scopes,
  trueOrFalse,
} from './rules-options.ts'
import { readStandardInput, refuseSharedInput } from './standard-input.ts'

/** `netlab rules`: the rules that kube-proxy would install. */
export function rulesCommand(): Command {
  return new Command('rules')
    .description("print the rules that kube-proxy would install, as text for the kernel's own tools")
    .argument(
      '[lab...]',
      'a lab, as after its last step; files and folders of Kubernetes manifests; or, to be explained, what iptables-save printed',
    )
    .option(
      '-f, --file <file...>',
      'a file or folder of Kubernetes manifests, "-" is stdin (repeatable); or a lab file',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--mode <mode>',
        "kube-proxy's mode: for iptables-restore, nft -f, or a shell; or ebpf, in its place",
      )
        .choices(Object.keys(ruleWriters))
        .default('iptables', 'iptables; of a lab, its own'),
    )
    .option('--pod-cidr <cidrs>', 'where pods without an address get one; 10.244.0.0/16 by default', cidrs)
    .option('--cluster-cidr <cidrs>', "the cluster's pods; none: nothing tells pods from others", cidrText)
    .option(
      '--service-cidr <cidrs>',
      'where cluster IPs that nobody states come from; 10.96.0.0/12 by default. In nftables mode what goes to the rest of it is dropped, where this option or a ServiceCIDR of the input says it',
      cidrs,
      [],
    )
    .addOption(portRangeOption())
    .addOption(
      new Option('--ipvs-scheduler <name>', 'ipvs: how a virtual server chooses')
        .choices(ipvsSchedulers)
        .default('rr'),
    )
    .option('--ipvs-strict-arp', "ipvs: answer ARP for no service's address", false)
    .addOption(
      new Option(
        '--detect-local-mode <mode>',
        "how this node's own pods are told; NodeCIDR: by podCIDRs of its Node",
      )
        .choices(detectLocalModes)
        .default('ClusterCIDR'),
    )
    .option('--pod-bridge-interface <name>', 'the bridge of --detect-local-mode BridgeInterface', '')
    .option('--pod-interface-name-prefix <prefix>', 'of --detect-local-mode InterfaceNamePrefix', '')
    .option('--masquerade-all', 'masquerade all traffic to cluster IPs', false)
    .option('--masquerade-bit <bit>', 'the bit of the mark that asks for masquerading; 14 by default', bit)
    .option(
      '--conntrack-tcp-be-liberal',
      'iptables, ebpf: for a kernel that takes no packet for invalid',
      false,
    )
    .option(
      '--node-name <name>',
      'the node for which the rules are: of a lab, its first one by default; of manifests with Nodes, the only one',
    )
    .option(
      '--node-ip <address>',
      "an address of the node's, the primary one first (repeatable); those of its Node by default",
      addresses,
      [],
    )
    .option(
      '--nodeport-addresses <cidrs>',
      "where node ports answer; by default on all addresses, in nftables mode on the node's IP",
      scopes,
      [],
    )
    .option(
      '--iptables-localhost-nodeports <bool>',
      'iptables: let node ports answer on 127.0.0.1',
      trueOrFalse,
      true,
    )
    .option('--no-random-fully', 'iptables, ipvs, ebpf: masquerade without --random-fully')
    .addOption(
      new Option(
        '--family <family>',
        'IP family; by default each that the lab or the Services have, and of what a node has IPv4',
      ).choices(['ipv4', 'ipv6']),
    )
    .addOption(new Option('--format <format>', 'output').choices(['text', 'json']).default('text'))
    .option('--jumps', 'iptables, ipvs, ebpf: with the jumps from the built-in chains', false)
    .option('--explain', 'with a line in plain words before each rule', false)
    .option(
      '--diff <save>',
      'what a node has, as iptables-save prints it, beside the rules; "-" is stdin. Exit code 1: something differs',
    )
    .option(
      '--config <file>',
      "kube-proxy's settings: a KubeProxyConfiguration, or the ConfigMap that kubeadm keeps it in; options go before",
    )
    .action(async (given: string[], options: RulesOptions, command: Command) => {
      const labs = [...given.filter(isLab), ...options.file.filter(file => existsSync(file) && isLab(file))]
      if (labs.length > 0) {
        if (given.length + options.file.length > 1) throw onlyOneLab(labs)
        refuseOthersOptions(command, options.mode)
        printOfLab(labs[0]!, options, command)
        return
      }
      const files = [...given, ...options.file]
      if (files.length === 0) {
        const fix = 'netlab rules clusterip, or netlab rules -f services.yaml'
        throw new NetlabError({ what: 'no lab and no manifest is named', fix, exitCode: exitCode.wrongInput })
      }
      await printOfManifests(files, options, command)
    })
}

function printOfLab(lab: string, options: RulesOptions, command: Command): void {
  const views = viewsOfLab(lab, { node: options.nodeName, family: options.family })
  const { mode } = [...views.values()][0]?.settings ?? options
  const isSaid = command.getOptionValueSource('mode') === 'cli'
  const shown = isSaid ? options : { ...options, mode }
  refuseNodeOptions(command, shown.mode)
  const withCIDRs = [...views].map(([family, view]): [Family, NodeView] => [
    family,
    { ...view, serviceCIDRs: options.serviceCidr },
  ])
  openTerminal().out.pass(rulesByFamilyText(new Map(withCIDRs), shown))
}

async function printOfManifests(
  files: readonly string[],
  said: RulesOptions,
  command: Command,
): Promise<void> {
  const { out, err } = openTerminal()
  refuseSharedInput({
    'the manifests': files,
    'what the node has': [said.diff],
    "kube-proxy's settings": [said.config],
  })
  const named = said.config === undefined ? undefined : await loadProxyConfig(said.config)
  const sources = await loadManifests(files, readStandardInput)
  if (isOneSave(sources)) {
    const options = withConfig(said, named?.config, command)
    const explained = explainedSave(sources[0]!, files, options)
    err.write(configNotes(named?.config, [], options) + (named?.notes ?? ''))
    out.pass(explained)
    return
  }
  const read = readManifestFiles(sources)
  // What is mistaken is not there, and nobody is to be asked for it.
  refuseMistakes(read, { serviceCIDRs: said.serviceCidr }, named === undefined ? read.proxyProblems : [])
  const found = named?.config ?? onlyConfig(read)
  const asked = withConfig(said, found, command)
  const options = said.diff === undefined ? asked : { ...asked, family: asked.family ?? savedFamily }
  if (said.diff !== undefined) refuseUncompared(options.mode)
  const save = said.diff === undefined ? undefined : await readSave(said.diff, options)
  const { cluster, views } = clusterOfManifests(read, options)
  const notes = clusterNotes(cluster)
  const all = [...views.values()]
  const hints = hintNotes(cluster, all[0]!.node, views.keys())
  err.write(configNotes(found, read.proxyConfigs, options) + (named?.notes ?? ''))
  err.write(
    renderLeftOut(read) + renderClusterNotes(notes) + renderIdle(idleFieldNotes(cluster.services), hints),
  )
  for (const note of new Set([
    ...all.map(({ node }) => nodeNote(read.objects.nodes, node)),
    ...all.map(view => nodePortNote(view, options)),
  ]))
    err.write(note)
  const comments = allocationComments(cluster, notes, hints)
  if (save !== undefined) {
    err.write(comments)
    for (const view of all) showDifferences(view, save, options)
    return
  }
  if (cluster.services.length === 0) err.write(noService(files))
  if (options.format === 'json') err.write(comments)
  out.pass((options.format === 'json' ? '' : comments) + rulesByFamilyText(views, options))
}

/** The options with a configuration's settings. Throws where the command line has others that mean nothing beside them. */
function withConfig(said: RulesOptions, config: ProxyConfig | undefined, command: Command): RulesOptions {
  const options = config === undefined ? said : withProxyConfig(said, config, command)
  refuseOthersOptions(command, options.mode)
  refuseOthersDetector(command, options.detectLocalMode)
  return options
}

/** Where the settings come from if nobody has named the file, and which of them change nothing. */
function configNotes(
  config: ProxyConfig | undefined,
  proxyConfigs: readonly ProxyConfig[],
  options: RulesOptions,
): string {
  if (config === undefined) return ''
  const there = proxyConfigs.map(({ place }) =>
    place === config.place
      ? `kube-proxy's settings are those of ${place}; options go before them`
      : `kube-proxy's settings in ${place} are left out: --config says others`,
  )
  const lines = [...there, ...settingNotes(config, options)]
  return printable(lines.map(line => `${line}\n`).join(''))
}

function noService(files: readonly string[]): string {
  return `there is no Service in ${files.join(', ')}: what follows is what every node has\n`
}

function onlyOneLab([lab]: readonly string[]): NetlabError {
  return new NetlabError({
    what: `the rules of the lab ${lab} are printed by themselves`,
    fix: `netlab rules ${lab}`,
    exitCode: exitCode.wrongInput,
  })
}

function rulesText(view: NodeView, { mode, format, jumps, explain }: RulesOptions): string {
  const writer = ruleWriters[mode]
  const rules = writer.compile(view)
  return format === 'json'
    ? printableJson(writer.json(rules, { jumps }))
    : writer.text(rules, { jumps, explain })
}

/** What one program takes of each family; in iptables mode each family has a program of its own. */
function rulesByFamilyText(views: ViewsByFamily, options: RulesOptions): string {
  const [[, only] = [], ...others] = views
  if (only !== undefined && others.length === 0) return rulesText(only, options)
  const { mode, jumps, format } = options
  if (format === 'json') {
    const writer = ruleWriters[mode]
    return printableJson(
      Object.fromEntries(
        [...views].map(([family, view]) => [family, writer.json(writer.compile(view), { jumps })]),
      ),
    )
  }
  const heading = (family: Family) =>
    mode === 'iptables' ? `${familyName(family)}: ${iptablesOf(family)}` : familyName(family)
  return [...views].map(([family, view]) => `# ${heading(family)}\n${rulesText(view, options)}`).join('')
}

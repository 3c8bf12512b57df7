import type { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { loadManifests } from '../read/load-manifests.ts'
import { type Manifests, readManifestFiles } from '../read/manifest/read-manifests.ts'
import type { ProxyConfig } from '../read/proxy-config.ts'
import { LabError } from '../text/problem.ts'
import { renderLeftOut } from '../view/left-out.ts'
import { printable } from '../view/printable.ts'
import type { RulesOptions } from './rules-options.ts'
import { readStandardInput } from './standard-input.ts'

const howToGet = 'kubectl -n kube-system get configmap kube-proxy -o yaml > kube-proxy.yaml'

/**
 * Reads the file of `--config`, with lines for people about the rest of it. Throws NetlabError where it does not hold the settings of one
 * kube-proxy, and LabError with all that is wrong in it.
 */
export async function loadProxyConfig(file: string): Promise<{ config: ProxyConfig; notes: string }> {
  const read = readManifestFiles(await loadManifests([file], readStandardInput))
  const problems = [...read.problems, ...read.proxyProblems]
  if (problems.length > 0) throw new LabError(problems)
  const config = onlyConfig(read)
  if (config !== undefined) {
    const others = Object.values(read.objects).some(objects => objects.length > 0)
    const from = file === '-' ? 'standard input' : file
    const note = `of ${from} only kube-proxy's settings are read: -f reads Services, pods and Nodes\n`
    return { config, notes: renderLeftOut(read) + (others ? printable(note) : '') }
  }
  throw new NetlabError({
    what: `there is no KubeProxyConfiguration in ${file}, and no ConfigMap kube-system/kube-proxy that holds one`,
    fix: howToGet,
    exitCode: exitCode.wrongInput,
  })
}

/** The settings of kube-proxy in manifests; undefined: there are none. Throws NetlabError where there are several. */
export function onlyConfig({ proxyConfigs }: Pick<Manifests, 'proxyConfigs'>): ProxyConfig | undefined {
  const [only, ...others] = proxyConfigs
  if (others.length === 0) return only
  throw new NetlabError({
    what: `there are several KubeProxyConfigurations: ${proxyConfigs.map(({ place }) => place).join(', ')}`,
    fix: 'say with --config which it is, in a file of its own',
    exitCode: exitCode.wrongInput,
  })
}

/** The options with what a configuration says in place of their defaults: what the command line says goes before, as a question does that somebody asks of a cluster. */
export function withProxyConfig(
  options: RulesOptions,
  { object }: Pick<ProxyConfig, 'object'>,
  command: Command,
): RulesOptions {
  const isSaid = (key: string) => command.getOptionValueSource(key) === 'cli'
  const mode = isSaid('mode') ? options.mode : (object.mode ?? options.mode)
  const masquerade = mode === 'nftables' ? object.nftables : object.iptables
  const { iptables, ipvs, detectLocal, nodePortAddresses, bindAddress } = object
  const said: { [Key in keyof RulesOptions]?: RulesOptions[Key] | null | '' | undefined } = {
    mode,
    clusterCidr: object.clusterCIDR,
    detectLocalMode: object.detectLocalMode,
    podBridgeInterface: detectLocal?.bridgeInterface,
    podInterfaceNamePrefix: detectLocal?.interfaceNamePrefix,
    masqueradeAll: masquerade?.masqueradeAll,
    masqueradeBit: masquerade?.masqueradeBit,
    iptablesLocalhostNodeports: iptables?.localhostNodePorts,
    ipvsScheduler: ipvs?.scheduler,
    ipvsStrictArp: ipvs?.strictARP,
    nodeportAddresses: nodePortAddresses,
    nodeName: object.hostnameOverride,
    bindAddress: isUnspecified(bindAddress) ? undefined : bindAddress,
    conntrackTcpBeLiberal: object.conntrack?.tcpBeLiberal,
    featureGates: object.featureGates,
  }
  const counted = Object.entries(said).filter(
    ([key, value]) => value !== undefined && value !== null && value !== '' && !isSaid(key),
  )
  return { ...options, ...Object.fromEntries(counted) }
}

/** `0.0.0.0` and `::`, by which kube-proxy learns nothing of its node (`detectNodeIPs` in cmd/kube-proxy/app/server.go). */
function isUnspecified(address: string | null | undefined): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address ?? '')
}

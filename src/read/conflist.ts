import { contains, familyOf, overlap, readAddress, readRange, subnetOf } from '../model/address.ts'
import type { CniNetwork, CniPlugin } from '../model/cni-network.ts'
import { type HostLocalRange, rangeOf, wholeRange } from '../model/host-local.ts'
import { refuseInterface } from '../model/names.ts'
import { type Path, problemOfFile, readDocuments, type SourceDocument } from '../text/document.ts'
import { Findings } from '../text/findings.ts'
import type { Problem, Refusal } from '../text/problem.ts'
import { SourceText } from '../text/source-text.ts'
import {
  type ConflistInput,
  conflist,
  type HostLocalInput,
  hostLocal,
  pluginSchemas,
} from './schema/conflist.ts'
import { checkAgainst } from './understand.ts'

/** Characters: what a plugin is given goes over a command line. */
const largest = 32 * 1024

/** Versions in which a result has addresses in `ips`, so that netlab can be the runtime. */
const versions = ['0.3.0', '0.3.1', '0.4.0', '1.0.0']

/** What a conflist says of a network, or all that is wrong with it. */
export interface ReadConflist {
  network: Omit<CniNetwork, 'node' | 'file'> | undefined
  problems: readonly Problem[]
}

/** Reads a CNI network configuration list, strictly. */
export function readConflist(text: string, file: string): ReadConflist {
  const refused = (...problems: Problem[]) => ({ network: undefined, problems })
  if (text.length > largest)
    return refused(problemOfFile(file, text, `${file} is larger than 32 KiB`, 'is it the right file?'))
  const mistake = jsonMistake(text, file)
  if (mistake !== undefined) return refused(mistake)
  const { documents, problems } = readDocuments(text, file)
  const [document] = documents
  if (document === undefined) return refused(...problems)
  const { value, problems: ofShape } = checkAgainst(conflist, document)
  if (value === undefined) return refused(...ofShape)
  const findings = new Findings(document)
  const network = new ConflistReader(value, document, findings).read()
  return findings.problems.length > 0 ? refused(...findings.problems) : { network, problems: [] }
}

/** Plugins read JSON, and nothing else of YAML. */
function jsonMistake(text: string, file: string): Problem | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    const [, at] = /position (\d+)/.exec(said) ?? []
    const end = text.trimEnd().length
    // Of the first word of a short text Node tells no position.
    const from = at === undefined ? (/end of JSON/.test(said) ? end : 0) : Number(at)
    return new SourceText(text, file).problem(
      from,
      from + 1,
      from >= end ? 'the JSON ends before it is complete' : 'no JSON can go on like this',
      'a conflist is JSON: names and texts in double quotes, no comma before a closing bracket, no comments',
    )
  }
}

class ConflistReader {
  private readonly input: ConflistInput
  private readonly document: SourceDocument
  private readonly findings: Findings

  constructor(input: ConflistInput, document: SourceDocument, findings: Findings) {
    this.input = input
    this.document = document
    this.findings = findings
  }

  read(): ReadConflist['network'] {
    const { cniVersion, name, plugins, disableCheck = false } = this.input
    const { findings } = this
    if (!versions.includes(cniVersion)) {
      const message = `netlab does not speak CNI ${cniVersion.slice(0, 40)}`
      findings.report(['cniVersion'], message, `write one of ${versions.join(', ')}`)
    }
    // It names a folder and files of a node.
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name)) {
      const fix = 'use letters, digits, "_", "." and "-", at most 63; start with a letter or a digit'
      findings.report(['name'], `"${name.slice(0, 80)}" cannot be the name of a network`, fix)
    }
    const read = plugins.map((_, index) => this.readPlugin(index))
    const ranges = this.readIpam()
    if (ranges === undefined) return undefined
    const bridge = this.bridgeOf(read)
    const gateway = this.gatewayOf(read, ranges)
    return {
      ...{ name, cniVersion, plugins: read, ranges },
      canCheck: !disableCheck && !cniVersion.startsWith('0.3.'),
      ...(bridge === undefined ? {} : { bridge }),
      ...(gateway === undefined ? {} : { gateway }),
    }
  }

  private readPlugin(index: number): CniPlugin {
    const plugin = this.input.plugins[index]!
    const { type, capabilities = {} } = plugin
    const path: Path = ['plugins', index]
    this.findings.accept([...path, 'type'], refusePlugin(type) ?? {})
    const schema = Object.hasOwn(pluginSchemas, type) ? pluginSchemas[type] : undefined
    if (schema !== undefined)
      this.findings.problems.push(...checkAgainst(schema, this.document, path).problems)
    for (const key of ['name', 'cniVersion', 'prevResult', 'runtimeConfig'].filter(each => each in plugin)) {
      if (schema !== undefined) continue
      this.findings.report(
        [...path, key],
        `"${key}" is what the runtime says to a plugin`,
        'remove it',
        'key',
      )
    }
    return {
      type,
      capabilities: Object.keys(capabilities).filter(each => capabilities[each]),
      // As it is written: a schema puts what it knows first.
      config: (this.document.value as ConflistInput).plugins[index]!,
    }
  }

  /** The ranges of the one plugin that asks for addresses. */
  private readIpam(): HostLocalRange[] | undefined {
    const asking = this.input.plugins.flatMap(({ ipam }, index) => (ipam === undefined ? [] : [index]))
    const [index, second] = asking
    if (index === undefined) {
      const message = 'no plugin has "ipam": the pods would get no address'
      const example = '"ipam": {"type": "host-local", "subnet": "10.22.0.0/16"}'
      this.findings.report(['plugins'], message, `add ${example} to the first one`, 'key')
      return undefined
    }
    if (second !== undefined) {
      const message = 'a second plugin with "ipam": a pod has one interface here, and one address'
      this.findings.report(['plugins', second, 'ipam'], message, 'remove it', 'key')
    }
    const path: Path = ['plugins', index, 'ipam']
    const type = this.input.plugins[index]?.ipam?.type ?? ''
    if (type !== 'host-local') {
      this.findings.report(
        [...path, 'type'],
        `addresses of ${JSON.stringify(type.slice(0, 40))} cannot be known before the lab runs`,
        'write "host-local"',
      )
      return undefined
    }
    const { value, problems } = checkAgainst(hostLocal, this.document, path)
    this.findings.problems.push(...problems)
    return value === undefined ? undefined : this.readRanges(value, path)
  }

  private readRanges(ipam: HostLocalInput, path: Path): HostLocalRange[] | undefined {
    if (ipam.dataDir !== undefined) {
      const message = 'a lab has its leases where host-local has them by itself, each node its own'
      this.findings.report([...path, 'dataDir'], message, 'remove the line', 'key')
    }
    for (const [index, { dst, gw }] of (ipam.routes ?? []).entries()) {
      this.findings.accept([...path, 'routes', index, 'dst'], readRange(dst))
      if (gw !== undefined) this.findings.accept([...path, 'routes', index, 'gw'], readAddress(gw))
    }
    const { subnet, rangeStart, rangeEnd, gateway, ranges: sets = [] } = ipam
    if (subnet !== undefined && sets.length > 0) {
      const message = '"subnet" and "ranges" both say which addresses there are'
      this.findings.report([...path, 'subnet'], message, 'remove one of them', 'key')
      return undefined
    }
    if (sets.length > 1) {
      const message = 'a second set of ranges, from which each pod would get a second address'
      this.findings.report([...path, 'ranges', 1], message, 'write one set: [[{"subnet": "10.22.0.0/16"}]]')
      return undefined
    }
    const [set] = sets
    if (subnet === undefined && set === undefined) {
      this.findings.report(path, 'host-local is given no addresses', 'add "subnet": "10.22.0.0/16"', 'key')
      return undefined
    }
    const written =
      subnet === undefined
        ? (set ?? []).map((range, index) => ({ range, at: [...path, 'ranges', 0, index] }))
        : [{ range: { subnet, rangeStart, rangeEnd, gateway }, at: path }]
    const read = written.map(({ range, at }) => this.readRange(range, at))
    const whole = read.flatMap(range => range ?? [])
    if (whole.length < read.length) return undefined
    this.checkOverlap(whole, written)
    return whole
  }

  private readRange(
    range: Pick<HostLocalInput, 'rangeStart' | 'rangeEnd' | 'gateway'> & { subnet: string },
    path: Path,
  ): HostLocalRange | undefined {
    const { findings } = this
    const subnet = findings.accept([...path, 'subnet'], readRange(range.subnet))
    if (subnet === undefined) return undefined
    if (familyOf(subnet.address) === 'ipv6') {
      const message = `${range.subnet} is IPv6, and the pods of a conflist have IPv4 here`
      findings.report([...path, 'subnet'], message, 'write a subnet of IPv4: 10.22.0.0/16, say')
      return undefined
    }
    // As host-local says it: "Network … too small to allocate from".
    if (subnet.prefix < 8 || subnet.prefix > 30) {
      const message = `${range.subnet} is too ${subnet.prefix < 8 ? 'large' : 'small'} for the pods of a node`
      findings.report([...path, 'subnet'], message, 'a prefix is 8 to 30: 10.22.0.0/16, say')
      return undefined
    }
    const keys = { rangeStart: 'first', rangeEnd: 'last', gateway: 'gateway' } as const
    const said: Partial<Record<'first' | 'last' | 'gateway', string>> = {}
    for (const key of ['rangeStart', 'rangeEnd', 'gateway'] as const) {
      const text = range[key]
      if (text === undefined) continue
      const address = findings.accept([...path, key], readAddress(text))?.address
      if (address === undefined) return undefined
      if (!contains(subnet, address)) {
        findings.report(
          [...path, key],
          `${address} is not in ${range.subnet}`,
          'write an address of the subnet',
        )
        return undefined
      }
      said[keys[key]] = address
    }
    const whole = wholeRange(subnet, said)
    if (rangeOf([whole], whole.first) === undefined) {
      const message = `the range ends at ${whole.last}, before it starts at ${whole.first}`
      findings.report([...path, 'rangeEnd'], message, 'write the higher address as "rangeEnd"', 'key')
      return undefined
    }
    return whole
  }

  private checkOverlap(ranges: readonly HostLocalRange[], written: readonly { at: Path }[]): void {
    for (const [index, { subnet }] of ranges.entries()) {
      const other = ranges.slice(0, index).find(each => overlap(each.subnet, subnet))
      if (other === undefined) continue
      const message = `${subnetOf(subnet)} overlaps ${subnetOf(other.subnet)}, another range of the set`
      this.findings.report([...(written[index]?.at ?? []), 'subnet'], message, 'give each its own addresses')
    }
  }

  /** The bridge plugin's bridge; `cni0` is its own default (plugins/main/bridge, defaultBrName). */
  private bridgeOf(plugins: readonly CniPlugin[]): string | undefined {
    const index = plugins.findIndex(({ type }) => type === 'bridge')
    if (index === -1) return undefined
    const { bridge = 'cni0' } = plugins[index]!.config
    if (typeof bridge !== 'string') return undefined
    this.findings.accept(['plugins', index, 'bridge'], refuseInterface(bridge) ?? {})
    return bridge
  }

  /** ptp gives the node's end of each cable the gateway's address; a bridge has it where it is to be a gateway. */
  private gatewayOf(
    plugins: readonly CniPlugin[],
    [range]: readonly HostLocalRange[],
  ): CniNetwork['gateway'] {
    const has = plugins.some(({ type, config }) =>
      type === 'bridge' ? config.isGateway === true || config.isDefaultGateway === true : type === 'ptp',
    )
    return has && range !== undefined ? { address: range.gateway, prefix: range.subnet.prefix } : undefined
  }
}

/** A type is the name of a program in a folder of plugins, never a path (CNI specification 1.0.0, section 1, Plugin configuration objects). */
function refusePlugin(type: string): Refusal | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(type)) return undefined
  return {
    refusal: `"${type.slice(0, 80)}" cannot be the name of a plugin`,
    fix: 'write the bare name of a program in /usr/lib/cni or /opt/cni/bin: bridge, say',
  }
}

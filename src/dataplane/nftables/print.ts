import { nftTableOf } from '../../model/families.ts'
import type { PrintOptions } from '../dataplane.ts'
import type { Chain, Container, Element, PortObjects, RuleSet } from './rules.ts'
import { ruleText, Script, type ScriptCommand } from './script.ts'

/**
 * The table as a script for `nft -f` on a node that has none: first what all services share, then service port by service port.
 * Each line needs only what stands before it.
 */
export function scriptText(
  { family, base, ports }: RuleSet,
  { explain }: Pick<PrintOptions, 'explain'>,
): string {
  const paragraph = (write: (script: Script) => void) => {
    const script = new Script(family)
    write(script)
    return script.commands.map(command => line(command, explain)).join('')
  }
  const paragraphs = [
    paragraph(script => script.addTable()),
    paragraph(script => {
      for (const container of base.containers) script.addContainer(container)
    }),
    paragraph(script => {
      for (const chain of base.chains) script.addChain(chain)
    }),
    paragraph(script => {
      for (const chain of base.chains) script.addRules(chain)
      for (const element of base.elements) script.addElement(element)
    }),
    ...ports.map(port => paragraph(script => addPort(script, port))),
  ]
  return paragraphs.join('\n')
}

function addPort(script: Script, { endpoints, chains, elements }: PortObjects): void {
  for (const { clients, chain } of endpoints) {
    if (clients !== undefined) script.addContainer(clients)
    script.addChain(chain)
    script.addRules(chain)
  }
  for (const chain of chains) {
    script.addChain(chain)
    script.addRules(chain)
  }
  for (const element of elements) script.addElement(element)
}

/** What tables and chains are for is plain from what is in them. */
function line({ text, explain }: ScriptCommand, isExplained: boolean): string {
  return isExplained && !/^add (?:table|chain) /.test(text) ? `# ${explain}\n${text}\n` : `${text}\n`
}

interface SetJson {
  type: string
  /** Seconds. */
  timeout?: number
  elements: readonly string[]
}

interface ChainJson {
  type?: string
  hook?: string
  priority?: number
  /** Each as nft takes it. */
  rules: readonly string[]
}

/** A rule set as plain data. */
export interface RuleSetJson {
  /** `ip kube-proxy` */
  table: string
  sets: Record<string, SetJson>
  /** Of a map the elements are keys with their verdicts. */
  maps: Record<string, { type: string; elements: Record<string, string> }>
  chains: Record<string, ChainJson>
}

/** The table for programs. */
export function toJson({ family, base, ports }: RuleSet): RuleSetJson {
  const containers = [
    ...base.containers,
    ...ports.flatMap(port => port.endpoints.flatMap(({ clients }) => clients ?? [])),
  ]
  const chains = [
    ...base.chains,
    ...ports.flatMap(port => [...port.endpoints.map(({ chain }) => chain), ...port.chains]),
  ]
  const elements = new Map(containers.map(({ name }) => [name, [] as Element[]]))
  for (const element of [...base.elements, ...ports.flatMap(port => port.elements)]) {
    elements.get(element.container)?.push(element)
  }
  const of = ({ name }: Container) => elements.get(name) ?? []
  const ofKind = (kind: Container['kind']) => containers.filter(container => container.kind === kind)
  return {
    table: nftTableOf(family),
    sets: Object.fromEntries(ofKind('set').map(set => [set.name, setJson(set, of(set))])),
    maps: Object.fromEntries(
      ofKind('map').map(map => [
        map.name,
        {
          type: map.type,
          elements: Object.fromEntries(of(map).map(({ key, value }) => [key, value ?? ''])),
        },
      ]),
    ),
    chains: Object.fromEntries(chains.map(chain => [chain.name, chainJson(chain)])),
  }
}

function setJson({ type, timeout }: Container, elements: readonly Element[]): SetJson {
  return {
    type,
    ...(timeout === undefined ? {} : { timeout }),
    elements: elements.map(({ key }) => key),
  }
}

function chainJson({ hook, rules }: Chain): ChainJson {
  return { ...hook, rules: rules.map(ruleText) }
}

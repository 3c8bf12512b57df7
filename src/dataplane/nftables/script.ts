import { placeOfHook } from '../../command/nft-list.ts'
import type { Family } from '../../model/address.ts'
import { nftTableOf } from '../../model/families.ts'
import type { Chain, Container, Element, Rule } from './rules.ts'

/** A command for nft. */
export interface ScriptCommand {
  /** A line for `nft -f`. */
  text: string
  /** What it is for, in a sentence without its full stop. */
  explain: string
}

/** Writes commands for `nft -f`, a line each, as kube-proxy does (knftables' objects.go). */
export class Script {
  readonly #table: string
  readonly commands: ScriptCommand[] = []

  constructor(family: Family) {
    this.#table = nftTableOf(family)
  }

  addTable(): void {
    this.#push(
      `add table ${this.#table} { comment "rules for kube-proxy" ; }`,
      "a table that is all kube-proxy's own",
    )
  }

  addContainer({ kind, name, type, comment, timeout, explain }: Container): void {
    const properties = [
      `type ${type}`,
      ...(timeout === undefined ? [] : ['flags dynamic,timeout', `timeout ${timeout}s`]),
      ...(comment === undefined ? [] : [quoted(comment)]),
    ]
    this.#push(`add ${kind} ${this.#table} ${name} { ${properties.join(' ; ')} ; }`, explain)
  }

  addChain({ name, hook, comment, explain }: Chain): void {
    const properties = [
      ...(hook === undefined ? [] : [placeOfHook(hook)]),
      ...(comment === undefined ? [] : [quoted(comment)]),
    ]
    const said = properties.length > 0 ? ` { ${properties.join(' ; ')} ; }` : ''
    this.#push(`add chain ${this.#table} ${name}${said}`, `a chain that ${explain}`)
  }

  addRules({ name, rules }: Chain): void {
    for (const rule of rules) this.#push(`add rule ${this.#table} ${name} ${ruleText(rule)}`, rule.explain)
  }

  addElement(element: Element): void {
    const { container, key, explain } = element
    this.#push(`add element ${this.#table} ${container} { ${key}${elementText(element)} }`, explain)
  }

  /** Makes a chain where it is not there, and fills it anew. */
  writeChain(chain: Chain): void {
    this.addChain(chain)
    this.flushChain(chain.name, 'empty it, to write it anew')
    this.addRules(chain)
  }

  flushChain(name: string, explain = 'nothing leads to this chain any more: empty it'): void {
    this.#push(`flush chain ${this.#table} ${name}`, explain)
  }

  deleteChain(name: string, explain = 'and the empty chain goes'): void {
    this.#push(`delete chain ${this.#table} ${name}`, explain)
  }

  deleteSet(name: string): void {
    this.#push(`delete set ${this.#table} ${name}`, 'nothing asks this set any more')
  }

  deleteElement(container: string, key: string): void {
    const explain = `no longer in ${container}: ${key}`
    this.#push(`delete element ${this.#table} ${container} { ${key} }`, explain)
  }

  deleteTable(): void {
    this.#push(`delete table ${this.#table}`, 'the table goes, with all that is in it')
  }

  #push(text: string, explain: string): void {
    this.commands.push({ text, explain })
  }
}

/** A rule with its comment. */
export function ruleText({ text, comment }: Rule): string {
  return comment === undefined ? text : `${text} ${quoted(comment)}`
}

/** What an element has besides its key: nothing, ` : drop`, ` comment "shop/cart" : drop`. */
export function elementText({ value, comment }: Pick<Element, 'value' | 'comment'>): string {
  return `${comment === undefined ? '' : ` ${quoted(comment)}`}${value === undefined ? '' : ` : ${value}`}`
}

function quoted(comment: string): string {
  return `comment "${comment}"`
}

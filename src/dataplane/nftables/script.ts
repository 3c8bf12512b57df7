import type { Family } from '../../model/address.ts'
import { type Chain, type Container, type Element, type Rule, tableOf } from './rules.ts'

/** Writes commands for `nft -f`, a line each, as kube-proxy does (knftables' objects.go). */
export class Script {
  readonly #table: string
  readonly #explain: boolean
  readonly lines: string[] = []

  /** With `explain` a line in plain words stands before what it explains. */
  constructor(family: Family, explain = false) {
    this.#table = tableOf(family)
    this.#explain = explain
  }

  addTable(): void {
    this.lines.push(`add table ${this.#table} { comment "rules for kube-proxy" ; }`)
  }

  addContainer({ kind, name, type, comment, timeout, explain }: Container): void {
    const properties = [
      `type ${type}`,
      ...(timeout === undefined ? [] : ['flags dynamic,timeout', `timeout ${timeout}s`]),
      ...(comment === undefined ? [] : [quoted(comment)]),
    ]
    this.#say(explain)
    this.#add(`${kind} ${this.#table} ${name} { ${properties.join(' ; ')} ; }`)
  }

  addChain({ name, hook, comment }: Chain): void {
    const properties = [
      ...(hook === undefined ? [] : [`type ${hook.type} hook ${hook.hook} priority ${hook.priority}`]),
      ...(comment === undefined ? [] : [quoted(comment)]),
    ]
    this.#add(
      `chain ${this.#table} ${name}${properties.length > 0 ? ` { ${properties.join(' ; ')} ; }` : ''}`,
    )
  }

  addRules({ name, rules }: Chain): void {
    for (const rule of rules) {
      this.#say(rule.explain)
      this.#add(`rule ${this.#table} ${name} ${ruleText(rule)}`)
    }
  }

  addElement(element: Element): void {
    this.#say(element.explain)
    this.#add(`element ${this.#table} ${element.container} { ${element.key}${elementText(element)} }`)
  }

  /** Makes a chain where it is not there, and fills it anew. */
  writeChain(chain: Chain): void {
    this.addChain(chain)
    this.flushChain(chain.name)
    this.addRules(chain)
  }

  flushChain(name: string): void {
    this.lines.push(`flush chain ${this.#table} ${name}`)
  }

  deleteChain(name: string): void {
    this.lines.push(`delete chain ${this.#table} ${name}`)
  }

  deleteSet(name: string): void {
    this.lines.push(`delete set ${this.#table} ${name}`)
  }

  deleteElement(container: string, key: string): void {
    this.lines.push(`delete element ${this.#table} ${container} { ${key} }`)
  }

  /** An empty line, to set off what comes next. */
  gap(): void {
    this.lines.push('')
  }

  /** The lines as a text. */
  toString(): string {
    return this.lines.map(line => `${line}\n`).join('')
  }

  #add(words: string): void {
    this.lines.push(`add ${words}`)
  }

  #say(explain: string): void {
    if (this.#explain) this.lines.push(`# ${explain}`)
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

import { readFileSync } from 'node:fs'
import type { NodeView } from '../dataplane/dataplane.ts'
import { ruleWriters } from '../dataplane/modes.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Family } from '../model/address.ts'
import { iptablesOf } from '../model/families.ts'
import type { ProxyMode, SourceFile } from '../model/lab.ts'
import { printableJson } from '../view/printable.ts'
import { renderRuleDifferences } from '../view/rule-differences.ts'
import { openTerminal } from '../view/terminal.ts'
import { type RulesOptions, settingsOf } from './rules-options.ts'
import { readStandardInput } from './standard-input.ts'

/** Of which family a node's rules are where nobody says it: iptables-save prints those of IPv4. */
export const savedFamily: Family = 'ipv4'

/** Throws where a mode's rules cannot be compared. */
export function refuseUncompared(mode: ProxyMode): void {
  if (ruleWriters[mode].compare === undefined) throw inAnotherMode('--diff compares', mode)
}

/** The mode may be said by an option, by kube-proxy's settings, or by a cluster's dump. */
function inAnotherMode(does: string, mode: ProxyMode): NetlabError {
  return wrong(
    `${does} rules of iptables mode, and not of ${mode} mode`,
    'say "--mode iptables" where kube-proxy is in that mode on the node',
  )
}

/** What a node's iptables-save has said. Throws NetlabError where it cannot be read, or is something else. */
export async function readSave(
  file: string,
  { family = savedFamily }: Pick<RulesOptions, 'family'>,
): Promise<string> {
  const save = `${iptablesOf(family)}-save`
  const text = file === '-' ? await readStandardInput() : readFile(file, save)
  if (/^\*\w+$/m.test(text)) return text
  const from = file === '-' ? 'standard input' : file
  throw wrong(`${from} is not what ${save} prints: it has no table`, `on the node: sudo ${save} > node.txt`)
}

function readFile(file: string, save: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw wrong(`${file} cannot be read: ${(error as Error).message}`, `on the node: sudo ${save} > ${file}`)
  }
}

function wrong(what: string, fix: string): NetlabError {
  return new NetlabError({ what, fix, exitCode: exitCode.wrongInput })
}

/** Whether all that is named is what iptables-save prints, and no manifest. */
export function isOneSave(sources: readonly SourceFile[]): boolean {
  return sources.length === 1 && /^\*(nat|filter|mangle|raw|security)$/m.test(sources[0]!.text)
}

/** A node's rules with what each is for. Throws NetlabError where nobody says what to do with them, and in another mode, whose rules are no such text. */
export function explainedSave(only: SourceFile, named: readonly string[], options: RulesOptions): string {
  const { mode, explain, family = savedFamily } = options
  if (explain) {
    const explained = ruleWriters[mode].explainSaved?.(only.text, family, settingsOf(options))
    if (explained === undefined) throw inAnotherMode('--explain takes', mode)
    return explained
  }
  throw wrong(
    `${only.path} is what iptables-save prints, and no manifest`,
    `"netlab rules --explain ${named[0]}" says what its rules are for, "netlab rules -f cluster.yaml --diff ${named[0]}" what is off`,
  )
}

/** Shows what a node's rules have else than kube-proxy would write; where something is off, the exit code says so. */
export function showDifferences(view: NodeView, text: string, { mode, format }: RulesOptions): void {
  const { out, err } = openTerminal()
  const compared = ruleWriters[mode].compare?.(view, text)
  if (compared === undefined) return
  const { served, clusterCIDR, ...told } = compared
  if (!served)
    err.write(
      `there is no chain of kube-proxy's in what the node has: is it in another mode there, or does ${iptablesOf(view.family)}-legacy-save show them?\n`,
    )
  if (clusterCIDR !== undefined)
    err.write(`the node tells pods by the network ${clusterCIDR}: taken as --cluster-cidr\n`)
  const ok = told.differences.length === 0
  if (format === 'json') out.pass(printableJson({ ok, ...told }))
  else out.write(renderRuleDifferences(out, compared))
  if (!ok) process.exitCode = exitCode.failed
}

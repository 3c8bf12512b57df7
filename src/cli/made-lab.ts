import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { ServicePools } from '../allocation/services.ts'
import { type MadeLab, makeLab, mustHaveRoom, usualPodCIDRs } from '../cluster/make-lab.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { familyOf } from '../model/address.ts'
import type { Lab } from '../model/lab.ts'
import { loadManifests, nameOf } from '../read/load-manifests.ts'
import { otherKindsOfLab } from '../read/manifest/read-manifests.ts'
import { renderClusterNotes, renderLeftOut } from '../view/left-out.ts'
import { cidrs, collect, portRangeOption } from './rules-options.ts'
import { readStandardInput } from './standard-input.ts'

/** Options of verbs that make a lab of manifests. */
export interface MadeLabFlags {
  file?: string[]
  write?: string
  force?: true
  nodes?: number
  replicas?: number
  podCidr?: string[]
  serviceCidr?: string[]
  serviceNodePortRange: ServicePools['nodePorts']
}

/** Options that mean something with `-f` only. */
const ofManifests = ['write', 'force', 'nodes', 'replicas', 'podCidr', 'serviceCidr', 'serviceNodePortRange']

/** Adds the options of making a lab of manifests. */
export function withMadeLabOptions(command: Command): Command {
  return command
    .option(
      '-f, --file <file...>',
      'make the lab of Kubernetes manifests: files, folders, patterns; "-" is stdin',
      collect,
    )
    .option('--write <file>', 'with -f: write the lab file that the manifests make')
    .option('--force', 'with --write: overwrite the file if it is there')
    .option('--nodes <number>', 'with -f: spread the pods over so many nodes', count)
    .option('--replicas <number>', 'with -f: let no workload make more pods than these', count)
    .option('--pod-cidr <cidrs>', 'with -f: where pods get their addresses; 10.244.0.0/16 by default', cidrs)
    .option(
      '--service-cidr <cidrs>',
      'with -f: where cluster IPs that nobody states come from; 10.96.0.0/12 by default',
      cidrs,
    )
    .addOption(portRangeOption())
}

/** Makes a lab of manifests, tells what they hold besides, and writes its file where that is asked for. Returns it with the path by which people know it. */
export async function madeLab(
  flags: MadeLabFlags,
  name: string | undefined,
  { tell, signal }: { tell: (text: string) => void; signal: AbortSignal },
): Promise<{ lab: Lab; file: string }> {
  const names = flags.file ?? []
  const { nodes = 1, podCidr = [], serviceCidr = [], serviceNodePortRange: nodePorts } = flags
  if (nodes > 1) mustHaveRoom(nodes, podCidr.find(each => familyOf(each) === 'ipv4') ?? usualPodCIDRs.ipv4)
  const manifests = await loadManifests(names, () => readStandardInput(signal))
  const made = makeLab(
    {
      ...{ names, manifests: [manifests], nodes: nodes > 1 ? nodes : 0 },
      ...{ podCIDRs: podCidr, serviceCIDRs: serviceCidr, nodePorts },
      ...(flags.replicas === undefined ? {} : { mostReplicas: flags.replicas }),
    },
    { name: name ?? nameOf(names), from: fromWords(names) },
  )
  tell(madeLabNotes(made))
  if (flags.write === undefined) return { lab: made.lab, file: names[0] ?? '-' }
  write(flags.write, made.text, flags.force ?? false)
  tell(`${flags.write} is written: the lab that the manifests make\n`)
  const { origin: _, ...lab } = made.lab
  return { lab, file: flags.write }
}

/** What people may wonder about in a lab that was made of manifests, a line each. */
export function madeLabNotes({ manifests, notes }: MadeLab): string {
  const ofLab = { ...notes, withoutEndpoints: [...notes.withoutEndpoints, ...notes.ofLab] }
  return (
    renderLeftOut({ skipped: manifests.skipped, otherKinds: otherKindsOfLab(manifests) }) +
    renderClusterNotes(ofLab)
  )
}

/** Throws where an option is given that means something with `-f` only. */
export function refuseWithoutManifests(command: Command): void {
  const said = command.options.find(
    option =>
      ofManifests.includes(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (said === undefined) return
  throw new NetlabError({
    what: `${said.long} is for a lab that is made of manifests`,
    fix: 'add "-f manifests.yaml"; a lab file says such things itself',
    exitCode: exitCode.wrongInput,
  })
}

function fromWords(names: readonly string[]): string {
  const shown = names.map(name => (name === '-' ? 'standard input' : basename(name)))
  return shown.length > 3 ? `${shown[0]} and ${shown.length - 1} more` : shown.join(', ')
}

function write(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    throw new NetlabError({
      what: isThere ? `${file} is there already` : `${file} cannot be written`,
      fix: isThere ? 'add --force to overwrite it, or give another name' : 'give another name',
      exitCode: exitCode.wrongInput,
      ...(isThere ? {} : { cause }),
    })
  }
}

function count(text: string): number {
  const number = Number(text)
  if (!/^\d{1,4}$/.test(text) || number < 1) throw new InvalidArgumentError('write a number from 1 on.')
  return number
}

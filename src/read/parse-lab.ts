import { basename } from 'node:path'
import { host } from '../command/command.ts'
import type { Lab, SourceFile } from '../model/lab.ts'
import { controlCharacterProblems } from '../text/control-character.ts'
import {
  type Path,
  problemOfFile,
  type ReadDocuments,
  readDocuments,
  type SourceDocument,
} from '../text/document.ts'
import { Findings } from '../text/findings.ts'
import { mostMistakes, type Problem } from '../text/problem.ts'
import { readCniNetworks } from './cni.ts'
import { readFiles, readSysctls } from './host-settings.ts'
import { hasOtherNames, type LabContext } from './lab-context.ts'
import { inLanguage, type WantedTexts } from './lab-texts.ts'
import { fillIn } from './left-out/fill-in.ts'
import { networksOfLab } from './left-out/networks.ts'
import { withAddresses } from './left-out/service-addresses.ts'
import { readProxySettings } from './proxy-settings.ts'
import { readReach } from './reach.ts'
import { type LabInput, labFile, labNamePattern } from './schema/lab.ts'
import { readLimits } from './schema/limits.ts'
import { type ReadManifest, readServiceSources } from './service-sources.ts'
import { readServices } from './services.ts'
import { readSteps } from './steps.ts'
import { readTopology } from './topology.ts'
import { understand } from './understand.ts'
import { unplacedPods } from './unplaced-pods.ts'
import { unreadServices } from './unread-services.ts'
import { checkWaysOut } from './ways-out.ts'

/** A lab, or all that is wrong with it. */
export interface ParsedLab {
  /** Undefined if and only if there are problems. */
  lab: Lab | undefined
  /** In the order of the file. */
  problems: readonly Problem[]
  /** Where texts stay English; undefined: no text is in the language that is wanted. */
  untranslated: readonly Problem[] | undefined
}

/** Reads a lab from its text; `readManifest` gives the texts of the manifests that it names. */
export function parseLab(
  text: string,
  file: string,
  readManifest: ReadManifest,
  wanted: WantedTexts = { language: 'en' },
): ParsedLab {
  return understandLab(readDocuments(text, file), { path: file, text }, readManifest, wanted)
}

/** The same of a file whose documents have been read. */
export function understandLab(
  { documents, problems: ofText }: ReadDocuments,
  { path: file, text }: SourceFile,
  readManifest: ReadManifest,
  wanted: WantedTexts = { language: 'en' },
): ParsedLab {
  const problems = [...ofText]
  const [document, second] = documents
  if (!document) {
    const empty = problemOfFile(
      file,
      text,
      'the file is empty',
      'write a lab, or let "netlab init" write a first one',
    )
    return refused(problems.length > 0 ? problems : [empty], file)
  }
  if (second) {
    problems.push(
      second.problemAt([], 'a second document in one file', {
        fix: 'a lab file holds one lab: remove "---"',
      }),
    )
  }
  problems.push(...controlCharacterProblems(document))
  const understood = understand(labFile, document, { name: 'lab', pods: {} })
  problems.push(...understood.problems)
  if (!understood.value) return refused(problems, file)

  // Of a lab that is not understood whole, nobody knows which texts are missing.
  const isWhole = understood.mistaken.length === 0
  const said = inLanguage(understood.value, document, isWhole ? wanted : { language: wanted.language })
  problems.push(...said.problems)
  const findings = new Findings(document, understood.original)
  const read = readLab(said.input, document, understood.mistaken, readManifest, findings)
  problems.push(...findings.problems)
  if (problems.length > 0) return refused(problems, file)
  return { lab: withTexts(read, wanted), problems: [], untranslated: said.untranslated }
}

/** What is kept with a lab of whence its texts are. */
function withTexts(lab: Lab, { language, file }: WantedTexts): Lab {
  if (language === 'en') return lab
  const beside = file === undefined ? [] : [{ path: basename(file.path), text: file.text }]
  return { ...lab, language, sources: [...lab.sources, ...beside] }
}

function readLab(
  stated: LabInput,
  document: SourceDocument,
  mistaken: readonly Path[],
  readManifest: ReadManifest,
  findings: Findings,
): Lab {
  if (!labNamePattern.test(stated.name)) {
    const fix = 'use lower case letters, digits and "-", at most 63; start and end with a letter or a digit'
    findings.report(['name'], `"${stated.name.slice(0, 80)}" cannot be the name of a lab`, fix)
  }
  const written = document.value as Record<string, unknown>
  const statedNodes = keysOf(written.nodes)
  const podNames = new Set([
    ...keysOf(written.pods),
    ...statedNodes.flatMap(name => keysOf(partOf(written.nodes, name).pods)),
  ])
  const fits = mistaken.length === 0
  if (fits && podNames.size + statedNodes.length + keysOf(written.machines).length === 0) {
    findings.report(['pods'], 'a lab without pods', 'add "a:" below "pods:", which gets an address', 'key')
  }
  const doubtful = new Set(mistaken.flatMap(doubtfulPods))
  const bridges = new Map([
    [host, countBridges(written)] as const,
    ...statedNodes.map(name => [name, countBridges(partOf(written.nodes, name))] as const),
  ])
  const cni = readCniNetworks(stated, readManifest, findings)
  const sources = readServiceSources(stated.services ?? [], readManifest, findings)
  const unread = unreadServices(document, mistaken, findings.problems)
  const { input, choices } = fillIn(
    stated,
    {
      services: [...sources.services, ...unread].map(({ service }) => service),
      cni: cni.networks,
      written: { bridges, doubtful, outside: written.outside !== undefined },
      names: new Set([...podNames, ...keysOf(written.outside), ...statedNodes, ...keysOf(written.machines)]),
      silent: new Findings(document),
    },
    findings,
  )
  const outsideNames = new Set([...keysOf(written.outside), ...keysOf(input.outside)])
  const machineNames = new Set([...statedNodes, ...keysOf(written.machines), ...keysOf(input.machines)])
  const topology = readTopology(
    input,
    {
      bridges,
      networks: keysOf(written.networks),
      bareMachines: new Set(
        [...machineNames].filter(name => isBare(written.nodes, name) || isBare(written.machines, name)),
      ),
      doubtful,
      isWhole: fits,
    },
    cni.networks,
    findings,
  )
  // A mistake with `pods` as a whole: nothing is known of them.
  const soundPods = doubtful.has(undefined) ? [] : topology.pods.filter(({ name }) => !doubtful.has(name))
  const allocated = withAddresses(sources.services, networksOfLab(topology))
  const silent = new Findings(document)
  const unplaced = doubtful.has(undefined) ? [] : unplacedPods(input, topology.pods, doubtful, silent)
  const isWhole = !doubtful.has(undefined) && soundPods.length + unplaced.length === podNames.size
  const around = { topology, soundPods, unplaced, podNames, isWhole }
  const described = readServices([...allocated.sources, ...unread], around, findings)
  const services = described.slice(0, allocated.sources.length)
  const withGateway = new Set(statedNodes.filter(name => partOf(written.nodes, name).gateway !== undefined))
  checkWaysOut(topology, described, { nodes: statedNodes, outside: [...outsideNames], withGateway }, findings)
  const chosen = [...choices, ...allocated.choices]
  const context: LabContext = {
    topology,
    services,
    soundPods,
    podNames,
    outsideNames,
    machineNames,
    complete: fits && sources.complete && soundPods.length === podNames.size,
    otherNames: hasOtherNames(input),
    findings,
  }
  return {
    name: input.name,
    title: input.title ?? input.name,
    ...(input.article === undefined ? {} : { article: input.article }),
    sources: [{ path: document.file, text: document.text }, ...cni.sources, ...sources.manifests],
    sysctls: readSysctls(input.sysctls ?? {}, ['sysctls'], findings),
    ...topology,
    files: readFiles(input.files ?? {}, findings),
    services,
    ...readProxySettings(
      input.proxy,
      (input.steps ?? []).flatMap(({ mode }) => mode ?? []),
      findings,
    ),
    reach: readReach(input.reach ?? [], context),
    limits: readLimits(input.limits),
    steps: readSteps(input.steps ?? [], context),
    ...(chosen.length === 0 ? {} : { chosen }),
  }
}

function refused(problems: readonly Problem[], file: string): ParsedLab {
  const isFirst = (problem: Problem) => (problem.file === file ? 0 : 1)
  const sorted = [...problems].sort(
    (a, b) =>
      isFirst(a) - isFirst(b) || a.file.localeCompare(b.file, 'en') || a.line - b.line || a.column - b.column,
  )
  return { lab: undefined, problems: sorted.slice(0, mostMistakes), untranslated: undefined }
}

function isBare(machines: unknown, name: string): boolean {
  return isEmpty(partOf(machines, name).interfaces)
}

/** What stands below a key, as far as it is a map. */
function partOf(map: unknown, key: string): Record<string, unknown> {
  const part = keysOf(map).includes(key) ? (map as Record<string, unknown>)[key] : undefined
  return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {}
}

/** The pod that a mistake is about; undefined: all of them. */
function doubtfulPods(path: Path): (string | number | undefined)[] {
  const [part, node, own, pod] = path
  if (part === 'pods') return [node]
  if (part !== 'nodes') return []
  return own === undefined || own === 'pods' ? [pod] : []
}

function isEmpty(map: unknown): boolean {
  return map !== null && typeof map === 'object' && keysOf(map).length === 0
}

function countBridges({ bridge, bridges }: Record<string, unknown>): number {
  return (
    (bridge === undefined ? 0 : 1) + (Array.isArray(bridges) ? bridges.length : bridges === undefined ? 0 : 1)
  )
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
}

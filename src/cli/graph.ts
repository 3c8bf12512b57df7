import { Command, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { graphOf } from '../graph/lab-graph.ts'
import { chainsInKernels, chainsOf, type PlaceChains } from '../graph/lab-rules.ts'
import { graphOfRunning } from '../graph/running-graph.ts'
import type { Lab } from '../model/lab.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { openLab, runningLabs } from '../run/lab-state.ts'
import { type GraphFormat, graphFormats, renderGraph, renderRules } from '../view/graph/graph-formats.ts'
import { openTerminal, type Style } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'
import { serviceOf } from './service-name.ts'

interface GraphFlags {
  format: GraphFormat
  rules?: true
  service?: string
  on?: string
}

/** `netlab graph`: a lab, or its rules, drawn. */
export function graphCommand(): Command {
  return new Command('graph')
    .description('draw a lab: who is plugged in where, with addresses, routes, services and what is off')
    .argument(
      '[lab]',
      'a running lab, a lab file, or the name of a lab that ships; not needed where one lab runs',
    )
    .addOption(
      new Option('--format <format>', 'text to read, svg to print, mermaid or dot for other programs, json')
        .choices(graphFormats)
        .default('text'),
    )
    .option('--rules', 'draw the chains of its rules, of a running lab with how many packets have met each')
    .addOption(ofRules('--service <name>', 'of the rules: only those that packets of this service meet'))
    .addOption(ofRules('--on <pod>', 'of the rules: only those of this node or machine'))
    .action(runGraph)
}

/** Whoever names a part of the rules wants the rules. */
function ofRules(flags: string, description: string): Option {
  return new Option(flags, description).implies({ rules: true })
}

async function runGraph(nameOrPath: string | undefined, flags: GraphFlags): Promise<void> {
  const { out } = openTerminal()
  const { signal, release } = abortOnSignals('interrupted')
  try {
    const drawn = isRunning(nameOrPath) ? runningLab(nameOrPath, signal) : labOfFile(nameOrPath!)
    const text = await textOf(out, drawn, flags)
    if (flags.format === 'text' || flags.format === 'json') out.write(text)
    else out.pass(text)
  } finally {
    release()
  }
}

/** A name means a lab that runs before one that ships. */
function isRunning(nameOrPath: string | undefined): boolean {
  return nameOrPath === undefined || runningLabs().includes(nameOrPath)
}

/** A lab that is to be drawn, and where what is drawn comes from. */
interface Drawn {
  lab: Lab
  graph(): Graph | Promise<Graph>
  chains(): readonly PlaceChains[] | Promise<readonly PlaceChains[]>
}

function runningLab(name: string | undefined, signal: AbortSignal): Drawn {
  const { sandbox, lab, running } = openLab(name)
  const observed: ObservedLab = { sandbox, running, signal }
  return { lab, graph: () => graphOfRunning(observed), chains: () => chainsInKernels(observed) }
}

function labOfFile(nameOrPath: string): Drawn {
  const lab = loadLab(findLab(nameOrPath))
  const built = labAsBuilt(lab)
  return { lab, graph: () => graphOf(built), chains: () => chainsOf(lab, built.condition.endpoints) }
}

async function textOf(style: Style, { lab, graph, chains }: Drawn, flags: GraphFlags): Promise<string> {
  const { format, rules, service, on } = flags
  if (rules === undefined) return renderGraph(style, await graph(), format)
  const asked = serviceOf(lab, service)
  const found = chosen(lab, await chains(), on)
  if (found.length === 0 && format === 'text')
    return `${lab.name} has no rules: netlab rules, with its file, prints what its services take\n`
  return renderRules(style, { name: lab.name, found }, format, asked)
}

function chosen(lab: Lab, found: readonly PlaceChains[], place: string | undefined): readonly PlaceChains[] {
  if (place === undefined) return found
  const own = found.filter(each => each.place === place)
  if (own.length > 0) return own
  const places = [...new Set(found.map(each => each.place))]
  throw new NetlabError({
    what: `${lab.name} has no rules on ${place}`,
    fix: places.length === 0 ? 'it has none anywhere' : `there are some on: ${places.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

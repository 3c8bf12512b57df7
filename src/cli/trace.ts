import { Command, InvalidArgumentError } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { placesOf } from '../model/places.ts'
import { labIn } from '../plan/lab-in-condition.ts'
import { openLab } from '../run/lab-state.ts'
import { trace } from '../trace/trace.ts'
import { traceMany } from '../trace/trace-many.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'
import { renderTrace } from '../view/trace/lines.ts'
import { renderTree } from '../view/trace/tree.ts'
import { abortOnSignals } from './interrupt.ts'

interface TraceFlags {
  requests?: number
  json?: true
}

/** More take long to read, and say no more. */
const mostRequests = 2000

/** `netlab trace`: one real request, and its way as the kernel tells it. */
export function traceCommand(): Command {
  return new Command('trace')
    .description('send one real request and show its way, there and back, as the kernel tells it')
    .usage('[options] [name] <from> <url>')
    .argument(
      '<words...>',
      'the lab, where several run; who asks: host, a node, a pod, a machine; and what is asked for',
    )
    .option(
      '-n, --requests <n>',
      'so many requests, their ways laid over each other with a count on each branch',
      count,
    )
    .option('--json', 'print it as JSON')
    .action(runTrace)
}

async function runTrace(words: string[], flags: TraceFlags): Promise<void> {
  const [url, from, name] = words.toReversed()
  if (url === undefined || from === undefined || words.length > 3)
    throw new NetlabError({
      what: 'trace takes a place and what it asks for, behind the lab where several run',
      fix: 'netlab trace netns_021 10.100.100.100:8080',
      exitCode: exitCode.wrongInput,
    })
  const { sandbox, lab, condition, folder } = openLab(name)
  if (!placesOf(lab).includes(from))
    throw new NetlabError({
      what: `${folder.name} has no place named ${from}`,
      fix: `there are: ${placesOf(lab).join(', ')}`,
      exitCode: exitCode.wrongInput,
    })
  const { signal, release } = abortOnSignals('interrupted')
  const context = { sandbox, running: labIn(condition, lab), signal }
  const { requests, json } = flags
  const { out } = openTerminal()
  if (requests === undefined) {
    const report = await trace(context, from, url).finally(release)
    out.write(json ? printableJson(report) : renderTrace(out, report))
    if (!report.saw.ok) process.exitCode = exitCode.failed
    return
  }
  const report = await traceMany(context, from, url, requests).finally(release)
  out.write(json ? printableJson(report) : renderTree(out, report))
  if (report.failed > 0 || report.requests < requests) process.exitCode = exitCode.failed
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= mostRequests) return number
  throw new InvalidArgumentError(`A whole number from 1 to ${mostRequests} is needed.`)
}

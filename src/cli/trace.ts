import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { placesOf } from '../model/places.ts'
import { isTaskOpen } from '../run/lab-folder.ts'
import { openLab } from '../run/lab-state.ts'
import { trace } from '../trace/trace.ts'
import { traceMany } from '../trace/trace-many.ts'
import { openTerminal } from '../view/terminal.ts'
import { renderManyAs, renderTraceAs, type TraceFormat, traceFormats } from '../view/trace/formats.ts'
import { abortOnSignals } from './interrupt.ts'

interface TraceFlags {
  requests?: number
  format: TraceFormat
}

/** More take long to read, and say no more. */
const mostRequests = 2000

/** `netlab trace`: one real request, and its way as the kernel tells it. */
export function traceCommand(): Command {
  return new Command('trace')
    .description('send one real request and show its way, there and back, as the kernel tells it')
    .usage('[options] [name] <from> <url>')
    .argument(
      '<names...>',
      'the lab, where several run; who asks: host, a node, a pod, a machine; and what is asked for',
    )
    .option(
      '-n, --requests <n>',
      'so many requests, their ways laid over each other with a count on each branch',
      count,
    )
    .addOption(
      new Option('--format <format>', 'text to read, svg to print, json for other programs')
        .choices(traceFormats)
        .default('text'),
    )
    .addOption(new Option('--svg', 'the same as --format svg').implies({ format: 'svg' }))
    .addOption(new Option('--json', 'the same as --format json').implies({ format: 'json' }))
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
  const { sandbox, lab, running, folder, state } = openLab(name)
  if (!placesOf(lab).includes(from))
    throw new NetlabError({
      what: `${folder.name} has no place named ${from}`,
      fix: `there are: ${placesOf(lab).join(', ')}`,
      exitCode: exitCode.wrongInput,
    })
  const { signal, release } = abortOnSignals('interrupted')
  const context = { sandbox, running, signal }
  const { requests, format } = flags
  const { out } = openTerminal()
  const print = (text: string) => (format === 'svg' ? out.pass(text) : out.write(text))
  if (requests === undefined) {
    const unexplained = isTaskOpen(state)
    const report = await trace(context, from, url, { unexplained }).finally(release)
    print(renderTraceAs(out, report, format))
    if (!report.saw.ok) process.exitCode = exitCode.failed
    return
  }
  const report = await traceMany(context, from, url, requests).finally(release)
  print(renderManyAs(out, report, format))
  if (report.failed > 0 || report.requests < requests) process.exitCode = exitCode.failed
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= mostRequests) return number
  throw new InvalidArgumentError(`A whole number from 1 to ${mostRequests} is needed.`)
}

import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { placesOf } from '../model/places.ts'
import { labIn } from '../plan/lab-in-condition.ts'
import { openLab } from '../run/lab-state.ts'
import { trace } from '../trace/trace.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'
import { renderTrace } from '../view/trace-lines.ts'
import { abortOnSignals } from './interrupt.ts'

interface TraceFlags {
  json?: true
}

/** `netlab trace`: one real request, and its way as the kernel tells it. */
export function traceCommand(): Command {
  return new Command('trace')
    .description('send one real request and show its way, there and back, as the kernel tells it')
    .usage('[options] [name] <from> <url>')
    .argument(
      '<words...>',
      'the lab, where several run; who asks: host, a node, a pod, a machine; and what is asked for',
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
  const report = await trace({ sandbox, running: labIn(condition, lab), signal }, from, url).finally(release)
  const { out } = openTerminal()
  out.write(flags.json ? printableJson(report) : renderTrace(out, report))
  if (!report.saw.ok) process.exitCode = exitCode.failed
}

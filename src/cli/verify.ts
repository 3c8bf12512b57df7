import { Command, InvalidArgumentError } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { placesOf } from '../model/places.ts'
import { isTaskOpen } from '../run/lab-folder.ts'
import { openLab } from '../run/lab-state.ts'
import { verify } from '../verify/verify.ts'
import { renderVerifyJson } from '../view/json.ts'
import { renderVerifyJunit } from '../view/junit.ts'
import { renderWhyNot } from '../view/task-lines.ts'
import { openTerminal } from '../view/terminal.ts'
import { openVerifyProgress } from '../view/verify-progress.ts'
import { renderVerify, renderVerifyFailures } from '../view/verify-table.ts'
import { abortOnSignals } from './interrupt.ts'
import { junitOption, mustBeWritable, writeOutput } from './output-file.ts'

/** A client has 28,232 ports for connections to one address, and each is taken for a minute. */
const mostRequests = 20_000

interface VerifyFlags {
  requests?: number
  from?: string[]
  matrix?: true
  json?: true
  quiet?: true
  junit?: string
}

/** `netlab verify`: the lab's checks again, and a sample of each service from everywhere. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description("try a lab's checks again and ask each of its services many times, from everywhere")
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('-n, --requests <n>', 'requests to each service from each place', positive)
    .option('--from <place...>', 'only from these: host, a node, a pod, a machine')
    .option('--matrix', 'try who reaches whom, and as whom: every pair of nodes, pods and machines')
    .option('-q, --quiet', 'say nothing but what is off')
    .option('--json', 'print the result as JSON')
    .addOption(junitOption())
    .action(runVerify)
}

async function runVerify(name: string | undefined, flags: VerifyFlags): Promise<void> {
  const { sandbox, lab, running, folder, state } = openLab(name)
  const unknown = flags.from?.find(place => !placesOf(lab).includes(place))
  if (unknown !== undefined) {
    const fix = `there are: ${placesOf(lab).join(', ')}`
    throw new NetlabError({
      what: `${folder.name} has no place named ${unknown}`,
      fix,
      exitCode: exitCode.wrongInput,
    })
  }
  if (flags.junit !== undefined) mustBeWritable(flags.junit)
  const isOpen = isTaskOpen(state)
  const { signal, release } = abortOnSignals('interrupted')
  const { out, err } = openTerminal()
  const progress = openVerifyProgress(err, flags.json === true || flags.quiet === true)
  const report = await verify(
    { sandbox, running, signal },
    {
      ...(flags.requests === undefined ? {} : { requests: flags.requests }),
      ...(flags.from === undefined ? {} : { from: flags.from }),
      matrix: flags.matrix === true,
      unexplained: isOpen,
      tell: event => progress.hear(event),
    },
  ).finally(() => {
    release()
    return progress.stop()
  })
  if (flags.junit !== undefined) writeOutput(flags.junit, renderVerifyJunit(report))
  if (flags.json) out.write(renderVerifyJson(report))
  else if (flags.quiet) out.write(renderVerifyFailures(out, report))
  else out.write(renderVerify(out, report, flags.matrix === true))
  if (isOpen && !flags.json && !flags.quiet) out.write(renderWhyNot(out, folder.name))
  if (!report.ok) process.exitCode = exitCode.failed
}

function positive(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= mostRequests) return number
  throw new InvalidArgumentError(`A whole number from 1 to ${mostRequests} is needed.`)
}

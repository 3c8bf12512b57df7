import { createWriteStream, openSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { type Capture, capture } from '../observe/capture/capture.ts'
import { decode } from '../observe/capture/decode.ts'
import { compileFilter } from '../observe/capture/filter.ts'
import { captureSources } from '../observe/capture/sources.ts'
import { openLab, RunsInVm } from '../run/lab-state.ts'
import { runWhereLabIs } from '../run/vm.ts'
import { isPacket } from '../sandbox/capture/pcapng.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { nameWidth, renderCaptured, renderCaptureEnd, renderCaptureStart } from '../view/capture-lines.ts'
import { openTerminal, type Screen } from '../view/terminal.ts'
import { countOf } from './count.ts'
import { abortOnSignals, type Interrupt } from './interrupt.ts'

interface CaptureFlags {
  on?: string[]
  write?: string
  count?: number
}

/** `netlab capture`: the packets on a lab's links, as they pass. */
export function captureCommand(): Command {
  return new Command('capture')
    .description('show the packets on the links of a lab as they pass, or write them for Wireshark')
    .usage('[options] [name] [-- filter]')
    .argument('[name]', 'the lab; not needed where one lab runs')
    .argument('[filter...]', 'behind --, as tcpdump has it: tcp port 80 and host 10.0.0.11')
    .option(
      '--on <pod>',
      'only the links of this place, or PLACE:LINK, one of them (repeatable); by default all that are up, but lo',
      (word: string, words: string[] = []) => [...words, word],
    )
    .option('-w, --write <file>', 'write pcapng, with an interface for each link; -: to stdout')
    .option('-c, --count <n>', 'end after so many packets', countOf)
    .addHelpText(
      'after',
      `
Ctrl-C ends it, and so does the end of the lab.
  netlab capture -- tcp port 8080 and 'tcp[tcpflags] & tcp-syn != 0'
  netlab capture --on host:br1 --on netns_011 -w lab.pcapng
  netlab capture -w - | wireshark -k -i -`,
    )
    .action(runCapture)
}

async function runCapture(
  _name: unknown,
  _filter: unknown,
  flags: CaptureFlags,
  command: Command,
): Promise<void> {
  const { name, filter } = readWords(command)
  const { write } = flags
  const { out, err } = openTerminal()
  if (write === '-' && out.isTerminal) throw noTerminal()
  let opened: ReturnType<typeof openLab>
  try {
    opened = openLab(name)
  } catch (error) {
    if (!(error instanceof RunsInVm) || write === undefined || write === '-') throw error
    process.exitCode = await captureInVm(error, write)
    return
  }
  const { sandbox, lab, running } = opened
  const sources = captureSources(lab, flags.on ?? [])
  const interrupt = abortOnSignals('interrupted')
  const observed = { sandbox, running, signal: interrupt.signal }
  try {
    const filters = filter.length === 0 ? undefined : await compileFilter(observed, filter)
    const order = {
      sources,
      ...(filters === undefined ? {} : { filters }),
      ...(flags.count === undefined ? {} : { count: flags.count }),
    }
    const file = write === undefined || write === '-' ? undefined : openFile(write)
    const running = await capture(observed, order)
    err.write(renderCaptureStart(running))
    const captured =
      write === undefined
        ? await show(out, observed, running)
        : await keep(running, file ?? out.stream, file !== undefined, interrupt)
    err.write(renderCaptureEnd(lab.name, captured, await running.outcome()))
  } finally {
    // What was begun ends, whatever has gone wrong.
    interrupt.abort()
    interrupt.release()
  }
}

/** Names stand before `--`, the filter behind it. */
function readWords({ args }: Command): { name: string | undefined; filter: string[] } {
  const dashes = process.argv.indexOf('--')
  const filter = dashes === -1 ? [] : process.argv.slice(dashes + 1)
  const names = args.slice(0, args.length - filter.length)
  if (names.length <= 1) return { name: names[0], filter }
  throw new NetlabError({
    what: `capture takes one lab, not ${names.join(' ')}`,
    fix: 'put -- before the filter: netlab capture -- tcp port 8080',
    exitCode: exitCode.wrongInput,
  })
}

/** Shows packets in tcpdump's words; returns how many. */
async function show(
  out: Screen,
  { sandbox, signal }: { sandbox: Sandbox; signal: AbortSignal },
  { links, blocks }: Capture,
): Promise<number> {
  const width = nameWidth(links)
  let captured = 0
  for await (const line of decode(sandbox, blocks)) {
    if (line.packet !== undefined) captured += 1
    out.write(renderCaptured(out, line, width))
    // Whoever reads slowly is waited for; where nobody reads any more, all of it ends.
    await out.caughtUp(signal)
  }
  return captured
}

/** Writes packets as they come; returns how many. A reader that has seen enough ends it. Throws NetlabError where the file takes no more. */
async function keep(
  { blocks }: Capture,
  to: NodeJS.WritableStream,
  isFile: boolean,
  interrupt: Interrupt,
): Promise<number> {
  let captured = 0
  async function* counted() {
    for await (const some of blocks) {
      captured += some.filter(isPacket).length
      yield Buffer.concat(some)
    }
  }
  try {
    await pipeline(counted, to, { end: isFile })
  } catch (cause) {
    interrupt.abort()
    const isClosed = ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(
      (cause as NodeJS.ErrnoException).code ?? '',
    )
    if (isFile || !isClosed) throw new NetlabError({ what: 'the packets could not be written', cause })
  }
  return captured
}

/** In the lab's virtual machine there are no files of this one: it writes to its stdout. */
async function captureInVm(lab: RunsInVm, path: string): Promise<number> {
  const file = openFile(path)
  const written = finished(file)
  const argv = process.argv.slice(2)
  const dashes = argv.indexOf('--')
  const [own, filter] = dashes === -1 ? [argv, []] : [argv.slice(0, dashes), argv.slice(dashes)]
  const code = await runWhereLabIs(lab, [...own, '--write', '-', ...filter], file).finally(() => file.end())
  await written
  return code
}

function openFile(path: string): Writable {
  try {
    return createWriteStream(path, { fd: openSync(path, 'w') })
  } catch (cause) {
    throw new NetlabError({ what: `${path} cannot be written`, exitCode: exitCode.wrongInput, cause })
  }
}

function noTerminal(): NetlabError {
  return new NetlabError({
    what: '-w - writes pcapng, which no terminal shows',
    fix: 'netlab capture -w - | wireshark -k -i -; without -w packets are shown as text',
    exitCode: exitCode.wrongInput,
  })
}

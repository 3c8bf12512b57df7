import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { type Activity, ActivityWatch, readActivity } from '../graph/activity.ts'
import { openLab } from '../run/lab-state.ts'
import { sandboxLives } from '../sandbox/sandbox.ts'
import { renderActivity, renderActivityJson } from '../view/activity-lines.ts'
import { FullScreen } from '../view/full-screen.ts'
import { Keys } from '../view/keys.ts'
import { openTerminal, type Screen } from '../view/terminal.ts'
import { countOf } from './count.ts'
import { abortOnSignals, type Interrupt } from './interrupt.ts'
import { serviceOf } from './service-name.ts'

interface WatchFlags {
  interval: number
  service?: string
  count?: number
  json?: true
}

/** `netlab watch`: what goes on in a lab, live. */
export function watchCommand(): Command {
  return new Command('watch')
    .description(
      "new connections to a lab's services, those that its nodes track, and its rules' counters, live",
    )
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--interval <seconds>', 'seconds between two looks', intervalOf, 1)
    .option('--service <name>', 'only this service, and the rules that its packets meet')
    .option('-c, --count <n>', 'end after so many looks', countOf)
    .option('--json', 'print each look as JSON, in one line')
    .addHelpText(
      'after',
      '\nq ends it. Without a terminal each look is printed below the last one, until Ctrl-C.',
    )
    .action(runWatch)
}

async function runWatch(name: string | undefined, flags: WatchFlags): Promise<void> {
  const opened = openLab(name)
  const lab = opened.folder.name
  const service = serviceOf(opened.lab, flags.service)
  const { out, err } = openTerminal()
  const interrupt = abortOnSignals('interrupted')
  const page = openPage(out, { ...flags, service }, interrupt)
  const watch = new ActivityWatch()
  let isDown = false
  try {
    for (let looks = 0; looks !== flags.count && !interrupt.signal.aborted; looks += 1) {
      if (looks > 0) await sleep(flags.interval * 1000, undefined, { signal: interrupt.signal })
      // Endpoints come and go.
      const { sandbox, running } = openLab(opened.folder.name)
      const reading = await readActivity({ sandbox, running, signal: interrupt.signal })
      page.show(watch.next(reading, running))
      await out.caughtUp(interrupt.signal)
    }
  } catch (error) {
    isDown = !sandboxLives(opened.sandbox)
    if (!isDown && !interrupt.signal.aborted) throw error
  } finally {
    page.close()
    interrupt.release()
  }
  if (isDown) err.write(`${lab} is down; there is nothing left to watch\n`)
}

/** Where what goes on is shown. */
interface Page {
  show(activity: Activity): void
  close(): void
}

function openPage(
  out: Screen,
  { interval, service, json }: Omit<WatchFlags, 'service'> & { service: string | undefined },
  interrupt: Interrupt,
): Page {
  if (json) return { show: activity => out.write(renderActivityJson(activity)), close: () => {} }
  const hasKeys = process.stdin.isTTY && out.interactive
  const view = { interval, service, hasKeys }
  if (!hasKeys) {
    let isFirst = true
    const show = (activity: Activity) => {
      out.write(`${isFirst ? '' : '\n'}${renderActivity(out, activity, view)}`)
      isFirst = false
    }
    return { show, close: () => {} }
  }
  let last: Activity | undefined
  const screen = new FullScreen(out, () => (last === undefined ? '' : renderActivity(out, last, view)))
  const keys = new Keys(process.stdin, interrupt.abort)
  screen.enter()
  // Else whoever aborted it, and is told of it, has it end.
  keys.next(['q'], interrupt.signal).then(interrupt.abort, () => {})
  return {
    show: activity => {
      last = activity
      screen.draw()
    },
    close: () => {
      screen.leave()
      keys.close()
    },
  }
}

/** The interval's bounds, in seconds. A connection that was reset is forgotten after ten (nf_conntrack_tcp_timeout_close). */
const shortest = 0.2
const longest = 10

function intervalOf(text: string): number {
  const number = Number(text)
  if (number >= shortest && number <= longest) return number
  throw new InvalidArgumentError(`A number of seconds from ${shortest} to ${longest} is needed.`)
}

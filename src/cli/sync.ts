import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import { type LivingLab, mustBeUp, openSandbox } from '../run/lab-state.ts'
import { sync } from '../run/sync.ts'
import { watch } from '../run/watch.ts'
import { printableJson } from '../view/printable.ts'
import { renderSync, renderSyncJson, renderWatched } from '../view/sync-lines.ts'
import { openTerminal } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'

interface SyncFlags {
  watch?: true
  json?: true
  quiet?: true
}

/** `netlab sync`: kubelet, the endpoint controller and kube-proxy, once or for as long as one likes. */
export function syncCommand(): Command {
  return new Command('sync')
    .description("probe the pods, move endpoints in and out, and bring kube-proxy's rules up to date")
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('-w, --watch', 'go on until Ctrl-C, each pod probed in its own period')
    .option('-q, --quiet', 'say nothing but what failed')
    .option('--json', 'print the result as JSON; with --watch one line for each change')
    .action(async (name: string | undefined, flags: SyncFlags) => {
      const opened = openSandbox(name)
      mustBeUp(opened.state)
      if (flags.watch) await watchLab(opened, flags)
      else await syncOnce(opened, flags)
    })
}

async function syncOnce(opened: LivingLab, flags: SyncFlags): Promise<void> {
  const { signal, release } = abortOnSignals('interrupted half-way; netlab sync writes every rule anew')
  const report = await sync(opened, { look: true, signal }).finally(release)
  const { out } = openTerminal()
  if (flags.json) out.write(renderSyncJson(report))
  else if (!flags.quiet || !report.ok) out.write(renderSync(out, report))
  if (!report.ok) process.exitCode = exitCode.failed
}

/** Goes on syncing a lab until Ctrl-C, which ends kubelet and kube-proxy but not the lab. */
export async function watchLab(opened: LivingLab, flags: Pick<SyncFlags, 'json' | 'quiet'>): Promise<void> {
  const { out, err } = openTerminal()
  const { signal, release } = abortOnSignals('interrupted')
  const { name } = opened.folder
  const ending = await watch(
    opened,
    {
      begun: () => {
        if (!flags.quiet) err.write(`watching ${name}; Ctrl-C ends the watching, and the lab stays up\n`)
      },
      told: report => {
        const text = renderWatched(out, report, new Date())
        if (text === '') return
        if (flags.json) out.write(printableJson(JSON.parse(renderSyncJson(report)), 0))
        else if (!flags.quiet || !report.ok) out.write(text)
      },
    },
    signal,
  ).finally(release)
  if (ending === 'stopped') process.exitCode = exitCode.interrupted
  if (flags.quiet) return
  err.write(
    ending === 'down'
      ? `${name} is down; there is nothing left to watch\n`
      : `nobody watches ${name} any more, and its rules live on; netlab down ${name} takes it away\n`,
  )
}

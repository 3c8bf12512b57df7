import { Command } from 'commander'
import { type LessonPlace, placeIn, readPlaces } from '../lesson/progress.ts'
import type { Language } from '../model/language.ts'
import { summaryOf } from '../plan/lab-summary.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab, shippedLabs } from '../read/load-shipped.ts'
import { extraPackages } from '../sandbox/doctor/tools.ts'
import { renderError } from '../view/error.ts'
import { renderShippedLabs, renderShippedLabsJson } from '../view/shipped-labs.ts'
import { openTerminal } from '../view/terminal.ts'
import { languageFor, languageOption } from './language.ts'

/** `netlab labs`: the labs that ship. */
export function labsCommand(): Command {
  return new Command('labs')
    .description('the labs that ship: what each shows, how long it takes, what it needs')
    .addOption(languageOption())
    .option('--json', 'print them as JSON')
    .action((flags: { json?: true; lang?: Language }) => {
      const { out, err } = openTerminal()
      const language = languageFor(flags.lang)
      const { places, trouble } = readPlaces()
      const labs = shippedLabs().map(name => {
        const { programs, ...summary } = summaryOf(loadLab(findLab(name), language))
        const place = placeIn(places, name)
        return { ...summary, packages: extraPackages(programs), ...(place && { place: shownPlace(place) }) }
      })
      out.write(flags.json ? renderShippedLabsJson(labs) : renderShippedLabs(out, labs))
      if (trouble !== undefined) err.write(renderError(err, trouble))
    })
}

function shownPlace({ steps, of, done }: LessonPlace) {
  return { steps, of, done }
}

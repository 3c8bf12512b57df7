import { readFileSync } from 'node:fs'
import { exitCode, explained, NetlabError } from '../errors.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { browserFiles } from '../sandbox/program-files.ts'
import { drawingStyle } from '../view/graph/svg.ts'
import { lessonAhead } from '../view/live/lesson-part.ts'
import type { Failed } from '../view/live/orders.ts'
import { printableValue, printableXml } from '../view/printable.ts'
import { LabWatch, shownRunning } from './lab-watch.ts'
import { carryOutOrder, orderWords } from './orders.ts'
import { type BeginOptions, PageLesson } from './page-lesson.ts'
import { type PageText, type Room, servePage } from './page-server.ts'
import { PageShells } from './shells.ts'

/** A page that is served. */
export interface LabView {
  /** What to open in a browser. */
  address: string
  /** Settles when the lab has ended or the signal has aborted; nothing is served and nothing goes on any more then. */
  ended: Promise<'ended' | 'stopped'>
  /** The lesson that the page leads through. */
  lesson: PageLesson
}

/** A lab that is not up yet: the page begins with its lesson. */
export interface FirstLesson extends BeginOptions {
  lesson: LabInCondition
}

/**
 * Serves the page of a running lab on 127.0.0.1, or of one that its lesson brings up; port 0: a free one. Throws NetlabError where it
 * cannot listen there, or the lesson cannot begin.
 */
export async function viewLab(
  lab: string,
  port: number,
  signal: AbortSignal,
  first?: FirstLesson,
): Promise<LabView> {
  const lesson = new PageLesson(part => watch.put({ lesson: part }), signal)
  const running = shownRunning(lab)
  const shown = () => lesson.stands ?? running()
  const watch = new LabWatch(lab, shown, signal)
  const desk = { lab, shown, lesson }
  const shells = new PageShells(shown)
  const room: Room = {
    texts: pageTexts(lab),
    events: (send, gone) => {
      shells.join(send, gone)
      watch.listen(send, gone)
    },
    order: async (name, body) => {
      if (shells.knows(name)) return shells.carryOut(name, body)
      return printableValue(
        await watch.whileBusy(orderWords(name), () => carryOutOrder(desk, name, body, signal)),
      )
    },
    told: error => failedAs(explained(error)),
  }
  const server = await servePage(room, port)
  const leave = async () => {
    await server.close()
    // What an order has begun in the lab it takes back by itself.
    await watch.idle()
    await lesson.end()
    await shells.ended()
  }
  try {
    if (first === undefined) watch.put({ lesson: lessonAhead(running().running) })
    else await lesson.begin(first.lesson, first)
  } catch (error) {
    await leave()
    throw error
  }
  return { address: server.address, ended: watch.run().finally(leave), lesson }
}

/** All that there is, by its path: no path leads into a folder. */
function pageTexts(lab: string): Room['texts'] {
  const files = [...browserFiles()].map(([name, path]): [string, () => PageText] => [
    name,
    () => ({ type: name.endsWith('.css') ? css : script, text: readFileSync(path) }),
  ])
  return new Map<string, () => PageText>([
    ['', () => ({ type: 'text/html; charset=utf-8', text: pageText(lab) })],
    ['drawing.css', () => ({ type: css, text: drawingStyle })],
    ...files,
  ])
}

const css = 'text/css; charset=utf-8'
const script = 'text/javascript; charset=utf-8'

function pageText(lab: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${printableXml(lab)} · netlab</title>
<link rel="stylesheet" href="drawing.css">
<link rel="stylesheet" href="in-browser.css">
<script type="module" src="in-browser.js"></script>
<body></body>
</html>
`
}

/** What the page shows of an error; of a bug its words alone, since the stack is netlab's own affair. */
function failedAs(error: unknown): { status: number; body: Failed } {
  if (!(error instanceof NetlabError))
    return {
      status: 500,
      body: { what: `this is a bug in netlab: ${error instanceof Error ? error.message : error}` },
    }
  const { message, where, why, details, fix } = error
  const said = { where, why, details, fix }
  const body = Object.fromEntries(
    Object.entries({ what: message, ...said }).filter(([, text]) => text !== undefined),
  )
  return {
    status: error.exitCode === exitCode.wrongInput ? 400 : 422,
    body: printableValue(body) as Failed,
  }
}

import type { GradedInFull, GradeReport } from '../../lesson/record/grade-folder.ts'
import { isFine } from '../../lesson/record/grade-folder.ts'
import type { GradedStep } from '../../lesson/record/graded.ts'
import { duration, plural } from '../format.ts'
import { htmlPage } from '../html-page.ts'
import { printableXml } from '../printable.ts'
import { againWords, byLab, doubtWords, foretoldWords, stepWords, tasksWords } from './words.ts'

/** `netlab grade --format html`: a table for each lab, and below it what is doubtful. */
export function renderGradeHtml({ records, unread }: GradeReport): string {
  const doubtful = records.filter(record => !isFine(record)).length
  const title = plural(records.length, 'record')
  const refused = unread.map(({ file, refusal }) => `<li>${text(file)}: ${text(refusal)}</li>`)
  return htmlPage({
    title: `netlab: ${title}`,
    style: pageStyle,
    body: [
      `<h1>${title}, ${doubtful} doubtful</h1>`,
      ...byLab(records).map(labTable),
      ...(refused.length === 0 ? [] : ['<h2>No records</h2>', '<ul>', ...refused, '</ul>']),
    ].join('\n'),
  })
}

function labTable(records: readonly GradedInFull[]): string {
  const [{ lab, title, steps }] = records as [GradedInFull]
  const heads = steps.map((step, at) => `<th scope="col" title="${text(step.title)}">${at + 1}</th>`).join('')
  const rest = ['foretold', 'tasks', 'time', 'longest at', 'ended', 'built again']
  return `<h2>${text(lab)}: ${text(title)}</h2>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">student</th>${heads}${rest.map(head => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>
${records.map(row).join('\n')}
</tbody>
</table></div>
${doubts(records)}`
}

function row(record: GradedInFull): string {
  const { student, steps, ms, longest, ended, last, file } = record
  const cells = [
    foretoldWords(record),
    tasksWords(record),
    duration(ms),
    longest === undefined ? '' : `${longest + 1} (${duration(steps[longest]!.ms)})`,
    ended === 'finished' || last === undefined ? ended : `${ended} at ${last + 1}`,
    againWords(record),
  ]
  return `<tr${isFine(record) ? '' : ' class="doubt"'}><th scope="row" title="${text(file)}">${text(student)}</th>${steps
    .map(stepCell)
    .join('')}${cells.map(words => `<td>${text(words)}</td>`).join('')}</tr>`
}

function stepCell(step: GradedStep): string {
  const words = stepWords(step)
  const kind = !step.walked ? 'none' : (step.task ?? step.predicted ?? 'none')
  const mark = {
    right: '✔',
    wrong: '✘',
    skipped: '-',
    void: '·',
    reached: 'R',
    solution: 'S',
    open: 'O',
    none: '',
  }[kind]
  const hints = step.hints === 0 ? '' : `${step.hints}`
  return `<td class="${kind}" title="${text(`${words}, ${duration(step.ms)}`)}">${mark}${hints}<span class="told"> ${text(words)}</span></td>`
}

function doubts(records: readonly GradedInFull[]): string {
  const items = records.flatMap(record =>
    doubtWords(record).map(
      words => `<li>${text(record.student)} (${text(record.file)}): ${text(words)}</li>`,
    ),
  )
  return items.length === 0 ? '' : `<ul class="doubts">\n${items.join('\n')}\n</ul>`
}

function text(words: string): string {
  return printableXml(words).replaceAll("'", '&#39;').replaceAll('\n', ' ')
}

const pageStyle = `:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --edge: #d1d9e0; --good: #116329; --bad: #a40e26; --doubt: #fff3c4 }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --edge: #3d444d; --good: #56d364; --bad: #ff7b72; --doubt: #3d2f00 } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.4 system-ui, sans-serif } main { padding: 1rem 1.25rem 3rem } .wide { overflow-x: auto }
table { border-collapse: collapse } th, td { border: 1px solid var(--edge); padding: .2rem .45rem; text-align: left; white-space: nowrap } .doubt { background: var(--doubt) }
.right, .reached { color: var(--good) } .wrong, .solution, .open { color: var(--bad) } .told { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }`

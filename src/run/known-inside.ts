import { shellLine } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Condition } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { firstCondition } from '../plan/step-endpoints.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import { labAround } from '../sandbox/inside-lab.ts'
import { insideFolder } from '../sandbox/program-files.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type KeptFile, keptText, readKept } from './kept-file.ts'
import { type KeptLab, wholeLab } from './kept-lab.ts'
import type { LabStatus } from './report.ts'
import { fields, optional, text } from './shape.ts'
import { conditionShape, labShape } from './state-shapes.ts'

/** What whoever is in a lab may know of it: how it stood when their shell was opened. */
interface KnownInside {
  lab: Lab
  /** Of a lesson under way nothing has been kept yet. */
  condition?: Condition
  /** ISO 8601. */
  since: string
}

const file: KeptFile = {
  name: 'lab.json',
  version: 1,
  shape: fields({ lab: labShape, condition: optional(conditionShape), since: text }),
}

/** Leaves in a sandbox what netlab tells of the lab there, where nothing of the machine is known. */
export async function tellInside(sandbox: Sandbox, known: KnownInside): Promise<void> {
  const script = 'mkdir -p "$1" && cat > "$1/$2"'
  const argv = ['sh', '-c', script, 'netlab-tell', insideFolder.known, file.name]
  // Where its files lie on the machine is nothing to whoever is in there.
  const { origin: _, ...lab } = known.lab
  await runAtAnyway(sandbox, argv, { input: keptText(file, { ...known, lab: { ...lab, sources: [] } }) })
}

/** The lab in whose shell netlab was started, as it was told there; undefined on a machine. Throws NetlabError where nothing can be read. */
export function labInside(): { status: LabStatus; lab: Lab; condition: Condition } | undefined {
  const name = labAround()
  if (name === undefined) return undefined
  const kept = readKept<Omit<KnownInside, 'lab'> & { lab: KeptLab }>(insideFolder.known, file)
  if ('lost' in kept)
    throw new NetlabError({
      what: `what is known of the lab ${name} in here cannot be read`,
      fix: 'netlab shell opens a shell that knows it',
    })
  const lab = wholeLab(kept.value.lab)
  const { condition = firstCondition(lab), since } = kept.value
  const { pods, nodes, machines } = lab
  const counts = { pods: pods.length, nodes: nodes.length, machines: machines.length }
  return { status: { lab: lab.name, state: 'up', pid: 1, ...counts, since }, lab, condition }
}

/** Throws NetlabError in a lab's shell: what is asked for is done from outside. */
export function mustBeOutside(): void {
  const name = labAround()
  if (name === undefined) return
  throw new NetlabError({
    what: `this is inside the lab ${name}, from where netlab does nothing to labs`,
    why: 'nothing in a lab knows the machine that it runs on',
    fix: `in another terminal, or after exit: ${typedLine(process.argv.slice(2), name)}; in here there are netlab status and netlab exec`,
    exitCode: exitCode.wrongInput,
  })
}

/** The line that was typed, which names the lab where it has no more words than its verbs. */
function typedLine(words: readonly string[], lab: string): string {
  const verbs = words[0] === 'task' ? ['task', 'check', 'hint', 'solve'] : words.slice(0, 1)
  const named = words.every(word => word.startsWith('-') || verbs.includes(word)) ? [lab] : []
  return shellLine(['netlab', ...words, ...named])
}

import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { containerlabTopology } from '../export/containerlab.ts'
import { kubernetesClass } from '../export/kubernetes.ts'
import { readStudents } from '../export/student-list.ts'
import type { Language } from '../model/language.ts'
import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { loadLab, readText } from '../read/load-lab.ts'
import { findLab, labWord, shippedLabs } from '../read/load-shipped.ts'
import { openTerminal } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'
import { languageFor, languageOption, languageWords } from './language.ts'
import { limitOption, limitWords, type SaidLimits, withLimits } from './limits.ts'
import { mustBeWritable, writeOutput } from './output-file.ts'
import { packageVersion } from './package-version.ts'
import { readStandardInput } from './standard-input.ts'

/** What the Dockerfile that ships says to build. */
const usualImage = `netlab:${packageVersion}`

interface ExportFlags {
  image: string
  lang?: Language
  output?: string
}

interface ClassFlags extends ExportFlags {
  students: string
  namespace: string
  limit?: SaidLimits
}

/** `netlab export`: a lab for other programs to run, on more machines than this one. */
export function exportCommand(): Command {
  return new Command('export')
    .description('a lab for containerlab, or for the students of a class on a Kubernetes cluster')
    .addCommand(
      exportVerb('containerlab', 'the lab as a topology of containers, to mix it with routers').action(
        (nameOrPath: string, { image, lang, output }: ExportFlags) => {
          const lab = loadLab(findLab(nameOrPath), languageFor(lang))
          tell(containerlabTopology(labAsBuilt(lab), image), output)
        },
      ),
    )
    .addCommand(
      exportVerb('kubernetes', 'a Pod for each student with the lab, and a Job that tries them all')
        .requiredOption(
          '--students <file>',
          'their names, one a line, or CSV with a column called name; "-" is stdin',
        )
        .addOption(
          new Option('--namespace <name>', 'the namespace of the class')
            .argParser(checkedLabel)
            .default('netlab'),
        )
        .addOption(limitOption())
        .action(exportClass),
    )
}

function exportVerb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<lab>', 'a lab file, or the name of a lab that ships')
    .addOption(
      new Option('--image <image>', "the container image, as netlab's Dockerfile makes it")
        .argParser(checkedImage)
        .default(usualImage),
    )
    .addOption(languageOption())
    .option('-o, --output <file>', 'write it to a file')
    .exitOverride()
}

async function exportClass(nameOrPath: string, flags: ClassFlags): Promise<void> {
  const { image, namespace, limit, lang } = flags
  const path = findLab(nameOrPath)
  const lab = withLimits(loadLab(path, languageFor(lang)), limit)
  const word = labWord(path)
  if (flags.output !== undefined) mustBeWritable(flags.output)
  const students = readStudents(await studentsText(flags.students), flags.students)
  const shipped = shippedLabs().includes(word) ? { shipped: word } : {}
  const words = [...languageWords(lang), ...limitWords(limit)]
  tell(kubernetesClass(lab, { students, namespace, image, ...shipped, words }), flags.output)
}

async function studentsText(file: string): Promise<string> {
  if (file === '-') {
    const { signal, release } = abortOnSignals('interrupted')
    try {
      return await readStandardInput(signal)
    } finally {
      release()
    }
  }
  const read = readText(file)
  if ('text' in read) return read.text
  throw new NetlabError({
    what: `the list of students cannot be read: ${read.refusal}`,
    fix: read.fix ?? 'name a file with one name a line',
    exitCode: exitCode.wrongInput,
  })
}

function tell(text: string, file: string | undefined): void {
  if (file === undefined) openTerminal().out.pass(text)
  else writeOutput(file, text)
}

/** A DNS label (RFC 1123), as a namespace must be; it goes with the class, so it is none that others need. */
function checkedLabel(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new InvalidArgumentError(
      'A namespace has lower case letters, digits and "-", 63 at most: class-2, say.',
    )
  if (name === 'default' || name.startsWith('kube-'))
    throw new InvalidArgumentError(
      'Kubernetes needs that one itself: give the class one of its own, class-2, say.',
    )
  return name
}

function checkedImage(image: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$/.test(image)) return image
  throw new InvalidArgumentError('An image is named as docker names it: registry.example.org/netlab:1, say.')
}

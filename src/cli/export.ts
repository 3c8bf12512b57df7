import { Command } from 'commander'
import { containerlabTopology } from '../export/containerlab.ts'
import { type LabInCondition, labAsBuilt } from '../plan/lab-in-condition.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { openTerminal } from '../view/terminal.ts'
import { writeOutput } from './output-file.ts'
import { packageVersion } from './package-version.ts'

/** What the Dockerfile that ships is built as, if nobody says otherwise. */
const usualImage = `netlab:${packageVersion}`

interface ExportFlags {
  image: string
  output?: string
}

/** `netlab export`: a lab for other programs to run, on more machines than this one. */
export function exportCommand(): Command {
  return new Command('export')
    .description('a lab for containerlab, or for the students of a class on a Kubernetes cluster')
    .addCommand(
      exportVerb('containerlab', 'the lab as a topology of containers').action(
        (nameOrPath: string, { image, output }: ExportFlags) =>
          tell(containerlabTopology(labFor(nameOrPath), image), output),
      ),
    )
}

function exportVerb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<lab>', 'a lab file, or the name of a lab that ships')
    .option('--image <image>', "the container image; netlab's Dockerfile makes one", usualImage)
    .option('-o, --output <file>', 'write it to a file')
    .exitOverride()
}

function labFor(nameOrPath: string): LabInCondition {
  return labAsBuilt(loadLab(findLab(nameOrPath)))
}

function tell(text: string, file: string | undefined): void {
  if (file === undefined) openTerminal().out.pass(text)
  else writeOutput(file, text)
}

import { type Command, host, type Place } from '../command/command.ts'
import { shellLine, shellWord } from '../command/command-line.ts'
import { pauseName, programOf } from '../command/pause.ts'

/** What a container does for a command of a plan: it runs a line, or it cannot, and why. */
export type ContainerLine = { place: Place; line: string } | { place: Place; left: string; because: string }

/** Programs that change files and know nothing of networks. */
const onFiles = new Set(['tee', 'mkdir', 'touch', 'rm', 'ln', 'cp', 'chmod'])

/** What a line says that enters another place, or looks at the processes there. */
const ofOthers = /\bnetns\b|\bnsenter\b|\/(?:run|etc)\/pods\b/

/** A command of a plan as lines for containers, one for each place, that an exec of a container runtime splits into words as a shell does. */
export function containerLines(command: Command, places: readonly Place[]): ContainerLine[] {
  const { container, argv } = command
  if (container !== undefined) return startLines(command, container)
  if (command.in === host && onFiles.has(argv[0] ?? '')) return fileLines(command, places)
  if (ofOthers.test([...argv, command.input ?? ''].join(' '))) {
    const because = 'a container knows no namespaces but its own'
    return [{ place: command.in, left: shellLine(argv), because }]
  }
  return [{ place: command.in, line: lineOf(command) }]
}

/** A program that goes on running. What a pause process would hold, the container holds itself. */
function startLines(
  command: Command,
  { pod, name, joins }: NonNullable<Command['container']>,
): ContainerLine[] {
  const program = shellLine(programOf(command))
  if (joins !== undefined && name === pauseName)
    return [{ place: pod, left: program, because: 'the container itself holds its namespaces' }]
  return [{ place: pod, line: shellLines(`${program} > /dev/null 2>&1 &`) }]
}

/** In a lab all places share their files, but for those that `ip netns` keeps for each; every container has its own. */
function fileLines(command: Command, places: readonly Place[]): ContainerLine[] {
  const [program = '', ...words] = command.argv
  const isCommon = words.some(word => word.startsWith('/') && !word.startsWith(ownFiles))
  return places.flatMap((place): ContainerLine[] => {
    const own = `${ownFiles}${place}`
    const isOwn = words.some(word => word.startsWith(`${own}/`))
    if (!isCommon && !isOwn) return []
    const argv = words.flatMap(word => {
      if (!word.startsWith(ownFiles)) return [word]
      return word.startsWith(`${own}/`) ? [`/etc${word.slice(own.length)}`] : []
    })
    return [{ place, line: lineOf({ ...command, argv: [program, ...new Set(argv)], in: place }) }]
  })
}

const ownFiles = '/etc/netns/'

function lineOf({ argv, input }: Command): string {
  if (argv[0] === 'conntrack') {
    // It ends with 1 where it finds nothing to delete.
    return shellLines(`${shellLine(argv)} || true`)
  }
  if (input === undefined) return shellLine(argv)
  const text = `printf %s ${shellWord(input)}`
  if (argv[0] !== 'tee') return shellLines(`${text} | ${shellLine(argv)}`)
  const [file = '', ...more] = argv.slice(1)
  const written = `${text} > ${shellWord(file)}`
  return shellLines(more.length === 0 ? written : `${text} | ${shellLine(argv)} > /dev/null`)
}

/** A line for a shell, of which an exec makes one word: in double quotes where that is easier to read. */
function shellLines(script: string): string {
  return `sh -c ${/["\\$`]/.test(script) ? shellWord(script) : `"${script}"`}`
}

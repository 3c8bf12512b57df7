import type { Command, Joining } from './command.ts'

/** What the process is called that holds a pod's namespaces; no container of that pod may have its name. */
export const pauseName = 'pause'

const scripts = '/etc/pods'
const folder = '/run/pods'

/** Where pods with a pause process have their files. */
export const podFiles = {
  /** The scripts that start pause, and a container; that which runs a program in one is for whoever looks around. */
  scripts,
  pauseScript: `${scripts}/pause`,
  containerScript: `${scripts}/container`,
  execScript: `${scripts}/exec`,
  folder,
  /** A pod's own folder; where somebody removes it nothing is started there any more. */
  of: (pod: string) => `${folder}/${pod}`,
  /** The number of a container's first process, or of pause. */
  pid: (pod: string, container: string) => `${folder}/${pod}/${container}.pid`,
} as const

/** The command that starts pause, which opens the namespaces of a pod. */
export function pauseArgv(pod: string): readonly string[] {
  return ['sh', podFiles.pauseScript, pod]
}

/** The command that starts a container in a pod whose pause runs. */
export function containerArgv(
  pod: string,
  name: string,
  { processes }: Joining,
  program: readonly string[],
): readonly string[] {
  return ['sh', podFiles.containerScript, pod, name, processes, ...program]
}

/** The program that a command starts in a container, and its arguments; of any other command, and of pause, all of it. */
export function programOf({ argv, container }: Pick<Command, 'argv' | 'container'>): readonly string[] {
  return container?.joins === undefined || container.name === pauseName ? argv : argv.slice(containerWords)
}

/** How many words stand before the program. */
const containerWords = 5

/** Where a command runs: `host`, or the name of a pod or of an outside machine. */
export type Place = string

/** The sandbox's root namespace. */
export const host: Place = 'host'

/** Where `ip netns` keeps the network namespaces. */
export const namespacesFolder = '/run/netns'

/** Brings a command into a place's network alone: `ip netns exec` would give it mounts of its own as well. */
export function enterNetwork(place: Place): readonly string[] {
  return place === host ? [] : ['nsenter', `--net=${namespacesFolder}/${place}`, '--']
}

/** A command as it would be typed: an argv, never a string for a shell. */
export interface Command {
  argv: readonly string[]
  /** In whose network namespace. */
  in: Place
  /** What it reads from stdin. */
  input?: string
  /** What the input says in the place of a file's text, which is put there when the command runs: an `insertion`. */
  insert?: string
  /** A file that keeps what it prints. */
  output?: string
  /** A program that goes on running: the pod's container that it is, and how it joins the pod where a pause process holds that. */
  container?: { pod: string; name: string; joins?: Joining }
  /** A call of a CNI plugin, for whoever reads what it prints. */
  plugin?: PluginCall
}

/** Which containers that have ended are started again, as in Kubernetes. */
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

/** How the containers of a pod with a pause process join it. */
export interface Joining {
  /** `shared`: all see each other's processes, and pause is their process 1; `own`: each has process numbers of its own. */
  processes: 'own' | 'shared'
  restart: RestartPolicy
}

/** What a CNI plugin is asked to do (CNI specification 1.0.0, section 2). */
export type PluginVerb = 'VERSION' | 'ADD' | 'CHECK' | 'DEL'

/** A call of a CNI plugin. */
export interface PluginCall {
  verb: PluginVerb
  /** Its path. */
  program: string
  /** The IPAM plugin that it calls in turn, by its path. */
  ipam?: string
  /** Left out: the call is about no pod. */
  pod?: string
  /** What it finds wrong is what the lab wants to show. */
  fails?: true
  /** Of ADD, the address that the pod must get; of VERSION, the version that the plugin must speak. */
  expects?: string
}

/** What stands in a command's input for the text of a file, or for a word where that is not there; a shell understands it. */
export function insertion(file: string, otherwise?: string): string {
  return otherwise === undefined ? `$(cat ${file})` : `$(cat ${file} || echo ${otherwise})`
}

/** A command with the commands that take it back, in the order in which to run them. */
export interface Action {
  command: Command
  undo: readonly Command[]
  /** What it is for, in a sentence without its full stop; left out: its step says it. */
  explain?: string
  /** What a lesson shows of all commands that have the same words here: `what every node has, whatever its services`. */
  fold?: string
}

/** A command on the sandbox's root namespace. */
export function onHost(argv: readonly string[]): Command {
  return { argv, in: host }
}

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
  /** A program that goes on running: the pod's container that it is. */
  container?: { pod: string; name: string }
}

/** A command with the commands that take it back, in the order in which to run them. */
export interface Action {
  command: Command
  undo: readonly Command[]
}

/** A command on the sandbox's root namespace. */
export function onHost(argv: readonly string[]): Command {
  return { argv, in: host }
}

import type { Joining } from '../command/command.ts'
import { type Command, onHost } from '../command/command.ts'
import { containerArgv, pauseArgv, pauseName, podFiles } from '../command/pause.ts'
import type { Pod, PodSandbox } from '../model/lab.ts'

/** What a pod's network namespace is to the others is said by the steps before; here it gets the rest, and its processes. */
export const whyPause =
  'Some pods are made as a container runtime makes them. First a process called pause opens the namespaces that the containers are ' +
  'to share (IPC and UTS, that is the host name; the network namespace is there already) and holds them while it sleeps. Then each ' +
  'container joins these, with files and process numbers of its own. So a container may end and come back, and finds its pod as it was.'

/** Mounts the processes of this PID namespace only; where the old /proc is partly covered the kernel allows no other than one to read. */
const ownProcesses = 'mount -t proc -o ro,nosuid,nodev,noexec proc /proc'

/** The number that others know this shell by: /proc is theirs still. */
const notePid = (name: string) =>
  `read -r pid rest < /proc/self/stat && echo $pid > ${podFiles.pid('$pod', name)}`

/**
 * What stays outside a pod as the parent of a process in there, and tells how that ended, as a container runtime's shim does. A shell, since
 * util-linux 2.38's `unshare --fork` loses the signal that ended its child.
 */
const shim = `sh -c '"$@"; exit $?' shim`

/** Each script runs itself again inside. */
const pauseScript = `# pause POD: opens the namespaces that the containers of a pod share, and holds them.
pod=$1
if [ "\${2-}" != holds ]; then
  mkdir -p ${podFiles.of('$pod')}
  exec unshare --pid -- ${shim} unshare --ipc --uts -- ip netns exec $pod sh "$0" $pod holds
fi
${notePid(pauseName)}
${ownProcesses}
hostname $(echo $pod | tr _ - | tr -s .)
# Process 1 of its PID namespace: the kernel makes it the parent of every orphan there, and it waits for their ends.
while :; do sleep 2147483647 & wait $!; done
`

const containerScript = `# container POD NAME own|shared PROGRAM...: starts a container, which joins the namespaces that pause holds.
pod=$1 name=$2 processes=$3
shift 3
if [ $processes != joined ]; then
  read -r pause < ${podFiles.pid('$pod', pauseName)} || exit
  set -- nsenter --target $pause --ipc --uts -- ip netns exec $pod sh "$0" $pod $name joined "$@"
fi
case $processes in
  own) exec unshare --pid -- ${shim} "$@" ;;
  shared) exec nsenter --target $pause --pid --no-fork -- ${shim} "$@" ;;
esac
${notePid('$name')}
${ownProcesses} && exec "$@"
`

const execScript = `# exec POD NAME PROGRAM...: runs a program where a container is, in all of its namespaces.
read -r pid < ${podFiles.pid('$1', '$2')} || exit
shift 2
exec nsenter --target $pid --mount --net --ipc --uts --pid -- "$@"
`

/** Writes the scripts that start the processes of pods with a pause process; nothing where there is no such pod. */
export function pauseScripts(pods: readonly Pick<Pod, 'pause'>[]): Command[] {
  if (pods.every(({ pause }) => pause === undefined)) return []
  return [
    onHost(['mkdir', '-p', podFiles.scripts]),
    { ...onHost(['tee', podFiles.pauseScript]), input: pauseScript },
    { ...onHost(['tee', podFiles.containerScript]), input: containerScript },
    { ...onHost(['tee', podFiles.execScript]), input: execScript },
  ]
}

/** A pod's pause, then its programs as containers that join it. */
export function pausedPrograms(pod: string, pause: PodSandbox, programs: readonly Command[]): Command[] {
  const joins: Joining = {
    processes: pause.shareProcessNamespace ? 'shared' : 'own',
    restart: pause.restartPolicy,
  }
  return [
    { ...onHost(pauseArgv(pod)), container: { pod, name: pauseName, joins } },
    ...programs.map(({ argv, container }): Command => {
      const name = container?.name ?? ''
      return { ...onHost(containerArgv(pod, name, joins, argv)), container: { pod, name, joins } }
    }),
  ]
}

/** The command that ends a pod with a pause process for good: process 1 of a PID namespace heeds no signal but SIGKILL, unless it asked for it. */
export function endPaused(pod: string): Command {
  const folders = `rm -rf ${podFiles.of(pod)}; rmdir --ignore-fail-on-non-empty ${podFiles.folder}`
  const script = `${folders}; ip netns pids ${pod} | xargs -r kill -KILL || :`
  return onHost(['sh', '-c', script])
}

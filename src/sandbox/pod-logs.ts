import { insideFolder } from './program-files.ts'

/** Where the output of a pod's program is kept inside a sandbox: one file for each container. */
export function logFile(pod: string, container: string, folder: string = insideFolder.logs): string {
  return `${folder}/${pod}.${container}.log`
}

/** Where that of the run before is kept, of a container that was started again. */
export function previousLogFile(pod: string, container: string): string {
  return `${insideFolder.previousLogs}/${pod}.${container}.log`
}

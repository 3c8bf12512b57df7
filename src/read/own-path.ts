import { posix } from 'node:path'
import type { Refusal } from '../text/problem.ts'

/** A lab reads files of its own folder only, so that it can be handed on whole and reads nothing else of the machine. */
export function refusePath(path: string, example: string): Refusal | undefined {
  const fix = `write a path below the lab file's folder: ${example}, say`
  if (path === '' || path.includes('\0')) return { refusal: 'a file name is missing', fix }
  if (posix.isAbsolute(path) || path.includes('\\')) return { refusal: `${path} is not a relative path`, fix }
  if (path.split('/').includes('..')) return { refusal: `${path} leads out of the lab's folder`, fix }
  return undefined
}

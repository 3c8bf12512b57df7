import { join } from 'node:path'
import { NetlabError } from '../errors.ts'
import { readIfThere } from '../sandbox/state-folder.ts'
import type { Shape } from './shape.ts'

/** A kind of file that a lab's folder has. */
export interface KeptFile {
  name: string
  /** The version that this netlab writes, and the newest that it reads. It grows when a netlab of before would misread the file. */
  version: number
  /** What it must be, whoever wrote it; a version of before that cannot be read is not. */
  shape: Shape
}

/** Why what a file holds is not known. */
export type Lost = 'missing' | 'damaged' | 'newer'

/** What a file holds, or why that is not known. */
export type Kept<Value> = { value: Value } | { lost: Lost }

/** Reads a file of a lab's folder, in which a `Value` stands. One without a version is of the first netlab, which wrote none. */
export function readKept<Value extends object>(
  folder: string,
  { name, version: newest, shape }: KeptFile,
): Kept<Value> {
  try {
    const text = readIfThere(join(folder, name))
    if (text === undefined) return { lost: 'missing' }
    const { version = 0, ...value } = (JSON.parse(text) ?? {}) as Record<string, unknown>
    if (typeof version === 'number' && version > newest) return { lost: 'newer' }
    return shape(value) ? { value: value as Value } : { lost: 'damaged' }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NetlabError) return { lost: 'damaged' }
    throw error
  }
}

/** The text of a file, with its version. */
export function keptText({ version }: KeptFile, value: object): string {
  return `${JSON.stringify({ version, ...value })}\n`
}

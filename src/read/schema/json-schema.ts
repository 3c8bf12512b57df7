import * as z from 'zod'
import { labFile } from './lab.ts'

/** The lab file's JSON Schema, for editors; what values mean is checked by netlab alone. */
export function labJsonSchema(): object {
  return z.toJSONSchema(labFile, { target: 'draft-7', io: 'input' })
}

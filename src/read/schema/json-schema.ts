import * as z from 'zod'
import { labFile } from './lab.ts'
import { labTexts } from './lab-texts.ts'

/** The lab file's JSON Schema, for editors; what values mean is checked by netlab alone. */
export function labJsonSchema(): object {
  return z.toJSONSchema(labFile, { target: 'draft-7', io: 'input' })
}

/** That of a file with a lab's texts in another language. */
export function textsJsonSchema(): object {
  return z.toJSONSchema(labTexts, { target: 'draft-7', io: 'input' })
}

import * as z from 'zod'
import type { Language } from '../../model/language.ts'
import { namePattern } from '../../model/names.ts'

/** Fields that several parts of the lab file share. The schema knows shapes; what values mean is checked after it. */

/** A name as a map's key. */
export const name = z.string().meta({ pattern: namePattern.source })

/** What people read: in English, or in several languages, English among them. */
export const text = inLanguages(z.string())

/** The same, and it may not be empty. */
export const headline = inLanguages(z.string().min(1))

function inLanguages(one: z.ZodString) {
  const each = {
    en: one.meta({ description: 'In English, which stands in for what is missing.' }),
    zh: one.optional().meta({ description: 'In Chinese.' }),
  } satisfies Record<Language, z.ZodType>
  const several = z.strictObject(each).meta({
    description: 'A text in several languages.',
    examples: [{ en: 'Two pods', zh: '两个 Pod' }],
  })
  return z.union([one, several])
}

/** What `text` reads. */
export type TextInput = z.infer<typeof text>

/** What a schema reads, once each text in several languages has become one of them. */
export type Said<T> =
  T extends Exclude<TextInput, string> ? never : T extends object ? { [Key in keyof T]: Said<T[Key]> } : T

/** A port number. */
export const port = z
  .int()
  .refine(value => value >= 1 && value <= 65535, {
    error: issue => `${String(issue.input)} is not a port`,
    params: { fix: 'ports are 1 to 65535' },
  })
  .meta({ description: 'A port.', minimum: 1, maximum: 65535, examples: [8080] })

const anyAddress = '([0-9]+(\\.[0-9]+){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)'

/** An address with its prefix. */
export const cidr = z.string().meta({ pattern: `^${anyAddress}/[0-9]+$`, examples: ['10.0.0.11/24'] })

/** An address whose prefix is that of its network, where it says none. */
export const podAddress = z
  .string()
  .meta({ pattern: `^${anyAddress}(/[0-9]+)?$`, examples: ['10.0.0.11/24', '10.0.0.11'] })

/** An address alone. */
export const address = z.string().meta({ pattern: `^${anyAddress}$`, examples: ['10.0.0.1'] })

interface WrittenAddresses {
  address?: string | undefined
  addresses?: readonly string[] | undefined
}

/** Wants `address` or `addresses`, and not both. */
export function wantsAddress(written: WrittenAddresses, context: z.core.$RefinementCtx): void {
  if (written.address === undefined && written.addresses === undefined)
    context.addIssue({ code: 'custom', message: '', params: { missing: 'address' } })
  refusesBoth(written, context)
}

/** Refuses `address` beside `addresses`. */
export function refusesBoth(
  { address: one, addresses }: WrittenAddresses,
  context: z.core.$RefinementCtx,
): void {
  if (one === undefined || addresses === undefined) return
  const params = { on: 'key', fix: 'put all into "addresses"' }
  const message = '"address" and "addresses" both stand here'
  context.addIssue({ code: 'custom', path: ['address'], message, params })
}

/** The name of a network interface. */
export const interfaceName = z.string().meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$' })

/** A command: a list of its words, or one text that is split into words. */
export const commandLine = z
  .union([z.string(), z.array(z.string()).min(1)])
  .meta({ examples: ['nginx -g "daemon off;"', ['nginx', '-g', 'daemon off;']] })

/** One of something, or a list. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([item, z.array(item)])
}

/** A list, whichever way it was written. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

/** Whether a value that was read from a file is what it should be; by hand, since a schema library takes longer to load than `list`. */
export type Shape = (value: unknown) => boolean

export const text: Shape = value => typeof value === 'string'
export const number: Shape = value => Number.isFinite(value)
export const flag: Shape = value => typeof value === 'boolean'

export function oneOf(...values: readonly unknown[]): Shape {
  return value => values.includes(value)
}

export function matching(pattern: RegExp): Shape {
  return value => typeof value === 'string' && pattern.test(value)
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Shape {
  return value => Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}

export function optional(shape: Shape): Shape {
  return value => value === undefined || shape(value)
}

/** All of several shapes at once. */
export function every(...shapes: readonly Shape[]): Shape {
  return value => shapes.every(shape => shape(value))
}

/** One of several shapes. */
export function either(...shapes: readonly Shape[]): Shape {
  return value => shapes.some(shape => shape(value))
}

export function list(shape: Shape): Shape {
  return value => Array.isArray(value) && value.every(shape)
}

/** Any keys, each with such a value. */
export function record(shape: Shape): Shape {
  return value => isObject(value) && Object.values(value).every(shape)
}

/** These keys; others may be there. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  return value => isObject(value) && Object.entries(shapes).every(([key, shape]) => shape(value[key]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

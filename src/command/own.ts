/** What a record holds under a name; `constructor` and what else every object inherits is not held by it. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

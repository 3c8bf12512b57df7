import { InvalidArgumentError } from 'commander'

/** A name for a running lab, as the lab file's own `name` is checked. Throws commander's error for a wrong argument. */
export function checkedName(name: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name
  throw new InvalidArgumentError('A name has lower case letters, digits and "-", 63 at most: my-lab-2, say.')
}

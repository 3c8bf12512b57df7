import { InvalidArgumentError } from 'commander'

/** How many of something an option asks for: one at least. */
export function countOf(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('A whole number from 1 on is needed.')
}

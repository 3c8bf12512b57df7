import { InvalidArgumentError, Option } from 'commander'
import type { Terminal } from '../view/terminal.ts'

/** `--port PORT` of the page. */
export function portOption(): Option {
  return new Option('--port <port>', 'listen on this port of 127.0.0.1; left out: a free one').argParser(
    portNumber,
  )
}

/** Says where the page is, on stdout, and what that means. */
export function tellAddress({ out, err }: Terminal, address: string, lab: string): void {
  out.write(`${address}\n`)
  err.write(`Open it in a browser. Whoever has this address can see and change ${lab}.\nCtrl-C ends it.\n`)
}

/** What is said where a page ends since its lab has. */
export function nothingLeft(lab: string): string {
  return `${lab} is down; there is nothing left to show\n`
}

function portNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number
  throw new InvalidArgumentError('A whole number from 1 to 65535 is needed.')
}

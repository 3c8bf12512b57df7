import { joinHostPort } from '../model/address.ts'
import type { Ends } from './report.ts'

/** A packet's ends alone. */
export function endsOf({ source, sourcePort, destination, port }: Ends): Ends {
  return {
    source,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    destination,
    ...(port === undefined ? {} : { port }),
  }
}

/** Whether two packets have the same ends. */
export function isSame(one: Ends, other: Ends): boolean {
  return sourceText(one) === sourceText(other) && destinationText(one) === destinationText(other)
}

/** `10.0.0.21:40001 → 10.100.100.100:8080` */
export function endsText(ends: Ends): string {
  return `${sourceText(ends)} → ${destinationText(ends)}`
}

/** `10.0.0.21:40001` */
export function sourceText({ source, sourcePort }: Ends): string {
  return sourcePort === undefined ? source : joinHostPort(source, sourcePort)
}

/** `10.100.100.100:8080` */
export function destinationText({ destination, port }: Ends): string {
  return port === undefined ? destination : joinHostPort(destination, port)
}

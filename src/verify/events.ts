/** What a verification is at: so many of the checks have been tried, or of the services' addresses asked from a place, and so many of them are off. */
export type VerifyEvent =
  | { kind: 'checks' | 'services'; done: number; count: number; off: number }
  | { kind: 'latency' | 'matrix' }

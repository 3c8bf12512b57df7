/** A port on which netlab's own server answers. */
export interface ServedPort {
  port: number
  /** It answers datagrams; left out: HTTP over TCP. */
  protocol?: 'UDP'
}

/** The port that `8080` or `53/UDP` on a command line means. */
export function servedPort(text: string): ServedPort {
  const port = Number.parseInt(text, 10)
  return text.endsWith('/UDP') ? { port, protocol: 'UDP' } : { port }
}

/** One thing that doctor looked at. */
export interface Finding {
  topic: string
  /** `missing`: no lab runs without it. `warning`: some labs do not, or something may surprise. */
  state: 'ok' | 'warning' | 'missing'
  /** What was found: a version, `works`, `not found`. */
  found: string
  /** What follows from it, for people. */
  means?: string
  /** Lines to type; several findings may share them. */
  fix?: readonly string[]
}

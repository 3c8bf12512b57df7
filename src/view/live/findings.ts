import type { Evidence } from '../../diagnose/evidence.ts'
import type { VerifyReport } from '../../verify/report.ts'
import { describeAttempt, describeExpectation } from '../describe-check.ts'
import { onceEach } from '../failure.ts'

/** Something that does not hold, and why. */
export interface Finding {
  /** What was tried. */
  what: string
  expected: string
  observed: string
  evidence?: Evidence
}

/** What `netlab verify` has found, for a page. */
export interface Findings {
  ok: boolean
  checks: number
  samples: number
  off: readonly Finding[]
}

const ofSocketLb = { what: "the lab's socket load balancer", expected: 'finds pods for services' }

/** The checks and samples of a lab that do not hold; a cause is shown with the first of them. */
export function findingsOf({ ok, checks, services, socketLb }: VerifyReport): Findings {
  const off = [
    ...(socketLb === undefined
      ? []
      : [{ ...ofSocketLb, observed: 'it does not answer, so no service was asked', evidence: socketLb }]),
    ...checks
      .filter(check => !check.ok)
      .map(({ check, observed, evidence }) => ({
        ...{ what: describeAttempt(check), expected: describeExpectation(check), observed },
        ...(evidence === undefined ? {} : { evidence }),
      })),
    ...services
      .filter(sample => !sample.ok)
      .map(({ service, from, complaint = '', evidence, expected }) => ({
        ...{ what: `${service} asked from ${from}`, observed: complaint },
        expected: expected === 'spread' ? 'each endpoint answers its share' : expected,
        ...(evidence === undefined ? {} : { evidence }),
      })),
  ]
  return { ok, checks: checks.length, samples: services.length, off: onceEach(off) }
}

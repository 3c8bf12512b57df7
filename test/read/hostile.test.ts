import { expect, test } from 'vitest'
import { parseLab } from '../../src/read/parse-lab.ts'

/** Bytes: the largest file that is read. */
const size = 1024 * 1024
/** Milliseconds; on a busy machine. */
const patience = 900_000

function problemsOf(text: string): number {
  return parseLab(text, 'lab.yaml', () => ({ refusal: '' })).problems.length
}

test.each(['a: b\n', 'a: &a x\nb: *a\n', '- "\n', '{', '- - - -\n', 'x: y: z\n'])(
  'a mebibyte of %j is refused',
  line => {
    const problems = problemsOf(line.repeat(size / line.length))
    expect(problems).toBeGreaterThanOrEqual(1)
    expect(problems).toBeLessThanOrEqual(100)
  },
  patience,
)

test.each(['p#: {address: 10.1.0.1/16}', 'p#: [1]'])(
  'a mebibyte of pods like %s is refused',
  line => {
    const head = 'name: lab\ntitle: x\nbridge: {name: br1, address: 10.1.200.1/16}\npods:\n'
    const pods = Array.from(
      { length: size / (line.length + 8) },
      (_, i) => `  ${line.replace('#', String(i))}\n`,
    )
    expect(problemsOf(head + pods.join(''))).toBe(100)
  },
  patience,
)

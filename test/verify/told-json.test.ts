import { describe, expect, it } from 'vitest'
import { toldJson } from '../../src/sandbox/told-json.ts'

const isList = (value: unknown): value is string[] => Array.isArray(value)
const told = (stdout: string) =>
  toldJson({ stdout, stderr: 'said aside\n', exitCode: 3 }, isList, 'asking 10.0.0.1:53/UDP from a')

describe('what a program in a lab says as JSON', () => {
  it('is taken where it is what was asked for', () => {
    expect(told('["ECONNREFUSED"]')).toEqual(['ECONNREFUSED'])
  })

  it.each([
    ['', 'nothing'],
    ['\u001b[2J', String.raw`"\u001b[2J"`],
    ['{"requests": 900}', '"{"requests": 900}"'],
    ['x'.repeat(1000), `"${'x'.repeat(200)}"`],
  ])('is an error that shows what came where it is something else: %j', (stdout, shown) => {
    expect(() => told(stdout)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('did not say what it was asked for; it ended with exit code 3'),
        why: 'asking 10.0.0.1:53/UDP from a',
        details: `it said ${shown}\nsaid aside`,
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { studentLabels } from '../../src/export/student-names.ts'
import { label } from './kubernetes-schema.ts'

const labelsOf = (...names: string[]) => studentLabels(names).map(student => student.label)

describe('the label of a student', () => {
  it('is the name where that can be one', () => {
    expect(labelsOf('anna', 'Bert B. Brecht', 'c_d@example.org')).toEqual([
      'anna',
      'bert-b-brecht',
      'c-d-example-org',
    ])
  })

  it('has a hash of the name where the name says more than a label can', () => {
    expect(labelsOf('王小明', 'José', 'Ævar')).toEqual([
      expect.stringMatching(/^student-[0-9a-v]{7}$/),
      expect.stringMatching(/^jose-[0-9a-v]{7}$/),
      expect.stringMatching(/^var-[0-9a-v]{7}$/),
    ])
  })

  it('is the same whoever else is in the class', () => {
    expect(labelsOf('李雷', '王小明')[1]).toBe(labelsOf('王小明')[0])
  })

  it('is the same however the name was typed', () => {
    expect(labelsOf('José'.normalize('NFD'))).toEqual(labelsOf('José'.normalize('NFC')))
  })

  it('is its own where two students would have one, also of the very same name', () => {
    expect(new Set(labelsOf('Anna Lee', 'anna-lee', 'Anna Lee')).size).toBe(3)
  })

  it('is a DNS label with a lab of 30 characters before it, and nobody else’s, for any class', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 60 }), names => {
        const labels = labelsOf(...names)
        for (const one of labels) expect(label.safeParse(`${'l'.repeat(30)}-${one}`).success).toBe(true)
        expect(new Set(labels).size).toBe(names.length)
        expect(labelsOf(...names)).toEqual(labels)
      }),
    )
  })
})

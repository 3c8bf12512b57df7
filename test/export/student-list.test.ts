import { describe, expect, it } from 'vitest'
import { readStudents } from '../../src/export/student-list.ts'

const read = (text: string) => readStudents(text, 'class.txt')

describe('a list of students', () => {
  it('is one name a line, without empty lines, comments and the mark of an encoding', () => {
    expect(read('\uFEFF# 2026\nAnna Lee\r\n\n  王小明 \n李雷')).toEqual(['Anna Lee', '王小明', '李雷'])
  })

  it.each([
    ['id,Name\n1,Anna\n2,Bert\n', ['Anna', 'Bert']],
    ['学号,姓名\n1,王小明\n', ['王小明']],
    ['"Lee, Anna",1\n"Brecht ""B.""",2\n', ['Lee, Anna', 'Brecht "B."']],
    ['id;name\n1;Anna\n', ['Anna']],
    ['name\tid\nAnna\t1\n', ['Anna']],
    ['Anna,\nBert,', ['Anna', 'Bert']],
  ])('may be CSV: %j', (text, names) => {
    expect(read(text)).toEqual(names)
  })

  it.each([
    ['', 'it names no student', 'class.txt'],
    ['name\n', 'it names no student', 'class.txt'],
    ['id,name\n1,Anna\n2,\n', 'a name is missing here', 'class.txt:3'],
    ['Anna\n"Bert\nCarl\n', 'a quote is never closed', 'class.txt:2'],
    ['Anna\n"Bert" B.\n', 'something stands behind a closing quote', 'class.txt:2'],
    ['Anna\u001b[2J\n', 'a control character stands in this name', 'class.txt:1'],
    ['"An\nna"\nBert\n', 'a control character stands in this name', 'class.txt:1'],
    ['Anna\n\u202eBert\n', 'a control character stands in this name', 'class.txt:2'],
    [`${'x'.repeat(101)}\n`, 'a name of more than 100 characters', 'class.txt:1'],
    ['x\n'.repeat(1001), 'it names 1001 students, and 1000 is the most', 'class.txt'],
  ])('says where it is none: %j', (text, what, where) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        message: `the list of students cannot be used: ${what}`,
        where,
        fix: expect.stringMatching(/./),
        exitCode: 2,
      }),
    )
  })
})

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstLab } from '../../src/cli/init.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'
import { LabError } from '../../src/text/problem.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-load-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function told(path: string): string {
  try {
    loadLab(path)
    return 'fine'
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return error.problems
      .map(({ line, column, message, fix }) => `${line}:${column} ${message}${fix ? ` — ${fix}` : ''}`)
      .join('\n')
      .replaceAll(`${folder}/`, '')
  }
}

test('a file that is missing, with the name that was meant', () => {
  writeFileSync(join(folder, 'clusterip.yaml'), firstLab)
  expect(told(join(folder, 'clusterpi.yaml'))).toBe(
    '1:1 there is no file clusterpi.yaml — did you mean clusterip.yaml?',
  )
  expect(told(join(folder, 'clusterip.yaml'))).toBe('fine')
  expect(told(join(folder, 'clusterip.yaml', 'x'))).toBe('1:1 there is no file clusterip.yaml/x')
})

test('a folder, with the lab that is in it', () => {
  mkdirSync(join(folder, 'labs'))
  expect(told(join(folder, 'labs'))).toBe('1:1 labs is a folder')
  writeFileSync(join(folder, 'labs', 'a.yaml'), firstLab)
  expect(told(join(folder, 'labs'))).toBe('1:1 labs is a folder — did you mean labs/a.yaml?')
})

test('a file that is too large, or without end, is not read', () => {
  writeFileSync(join(folder, 'large.yaml'), Buffer.alloc(1024 * 1024 + 1, '#'))
  expect(told(join(folder, 'large.yaml'))).toBe('1:1 large.yaml is larger than 1 MiB — is it the right file?')
  expect(told('/dev/zero')).toBe('1:1 /dev/zero is not a file')
})

test('a binary file is refused', () => {
  writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x00, 0xff, 0xfe]))
  expect(told(join(folder, 'binary.yaml'))).toMatch(/this is not a text file|a control character/)
})

// Root reads everything.
test.skipIf(process.getuid?.() === 0)('a file that may not be read', () => {
  writeFileSync(join(folder, 'secret.yaml'), firstLab)
  chmodSync(join(folder, 'secret.yaml'), 0)
  expect(told(join(folder, 'secret.yaml'))).toBe(
    '1:1 secret.yaml may not be read — chmod +r secret.yaml, or ask its owner',
  )
})

test('a manifest behind a link that leads out of the folder is not read', () => {
  writeFileSync(
    join(folder, 'labs', 'linked.yaml'),
    `${firstLab}\n`.replace('  - name: web\n', '  - manifest: link.yaml\n  - name: web\n'),
  )
  symlinkSync('/etc/passwd', join(folder, 'labs', 'link.yaml'))
  expect(told(join(folder, 'labs', 'linked.yaml'))).toContain("link.yaml leads out of the lab's folder")
})

test('a path is a path, and a name is one of the labs that ship', () => {
  expect(findLab('./mine.yaml')).toBe('./mine.yaml')
  expect(findLab('mine.yml')).toBe('mine.yml')
  expect(() => findLab('no-such-lab-at-all')).toThrow('there is no lab "no-such-lab-at-all"')
})

test.each(shippedLabs())('%s is found by its name', name => {
  expect(loadLab(findLab(name)).name).toBe(name)
})

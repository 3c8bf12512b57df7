import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kernelAt, kernelFolder } from '../../../src/sandbox/vm/kernels.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-kernels-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('a kernel that is kept', () => {
  it('lies where XDG_CACHE_HOME says', () => {
    expect(kernelFolder('debian-6.1', { XDG_CACHE_HOME: folder })).toBe(
      `${folder}/netlab/kernels-2/debian-6.1`,
    )
  })

  it.each([[{}], [{ XDG_CACHE_HOME: '' }], [{ XDG_CACHE_HOME: 'not/absolute' }]])(
    'else in .cache (%j)',
    env => {
      expect(kernelFolder('debian-6.12', env)).toBe(`${homedir()}/.cache/netlab/kernels-2/debian-6.12`)
    },
  )

  it('is known by its release', () => {
    const at = join(folder, 'debian-6.1')
    expect(kernelAt(at, 'debian-6.1')).toBeUndefined()
    mkdirSync(at)
    writeFileSync(join(at, 'release'), '6.1.0-1-cloud-amd64\n')
    expect(kernelAt(at, 'debian-6.1')).toEqual({
      ...{ name: 'debian-6.1', release: '6.1.0-1-cloud-amd64' },
      ...{ image: join(at, 'linux'), initramfs: join(at, 'initramfs.gz') },
    })
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filesNamed } from '../../src/run/vm-files.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-files-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`
const lab = `name: web
title: Web
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}}
outside: {client: 192.0.2.10/24}
services: [{manifest: web.service.yaml}]
`

describe('what a virtual machine gets with a command', () => {
  it('is the lab file that is named, with its manifests', () => {
    const manifest = file('web.service.yaml', service)
    const path = file('lab.yaml', lab)
    expect(filesNamed(['apply', 'web', '-f', path])).toEqual({ [path]: lab, [manifest]: service })
  })

  it('is the file that the lab came from, whatever is asked for', () => {
    const path = file('lab.yaml', 'no: lab')
    for (const argv of [['verify'], ['exec', '--', 'true']])
      expect(filesNamed(argv, path)).toEqual({ [path]: 'no: lab' })
  })

  it('is no file of this machine that a program of the lab is to read', () => {
    const own = file('hosts', '127.0.0.1 localhost\n')
    expect(filesNamed(['exec', 'web', '--', 'cat', own])).toEqual({})
  })

  it('is nothing for words that are no paths', () => {
    expect(filesNamed(['trace', 'x'.repeat(5000), `${file('plain', '')}/below`, folder])).toEqual({})
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { Parser } from 'yaml'
import { loadChange } from '../../src/read/load-change.ts'
import { ownFolder } from '../own-folder.ts'
import { labOf } from '../plan/lab-text.ts'

const folder = ownFolder('change')
const parses = vi.spyOn(Parser.prototype, 'end')
afterAll(() => {
  parses.mockRestore()
})

const text = `name: web
bridge: {name: br1, address: 10.0.0.1/24}
outside: {client: 192.0.2.10/24}
pods: {a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}}
`
const running = { ...labOf(text), name: 'mine' }

/** What a file makes of the running lab, and how often its text was parsed. */
function changed(name: string, content: string) {
  writeFileSync(join(folder, name), content)
  parses.mockClear()
  const { lab } = loadChange(join(folder, name), running)
  return { lab, parsed: parses.mock.calls.length }
}

const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
  spec: { clusterIP: '10.96.0.1', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
}

it('a lab file is parsed once, and keeps the name of the lab that runs', () => {
  const { lab, parsed } = changed('lab.yaml', text.replace('11/24', '12/24'))
  expect(lab).toMatchObject({ name: 'mine', pods: [{ address: { address: '10.0.0.12' } }] })
  expect(parsed).toBe(1)
})

it('a manifest is parsed once', () => {
  const { lab, parsed } = changed('service.yaml', JSON.stringify(service))
  expect(lab.services).toMatchObject([{ name: 'web', pods: ['a'] }])
  expect(parsed).toBe(1)
})

it('a large manifest in JSON is not parsed as YAML at all', () => {
  const large = { ...service, metadata: { ...service.metadata, annotations: { a: 'x'.repeat(300_000) } } }
  const { lab, parsed } = changed('service.json', JSON.stringify(large))
  expect(lab.services).toMatchObject([{ name: 'web', pods: ['a'] }])
  expect(parsed).toBe(0)
})

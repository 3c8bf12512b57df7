import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The tarball that `npm publish` would send, of the build that the set-up made, installed far from the checkout.

const folder = mkdtempSync(join(tmpdir(), 'netlab-package-'))
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
let packed: readonly string[]
let offline: string | undefined

beforeAll(async () => {
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder, ...quietly])
  packed = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path)
  const tarball = join(folder, `netlab-${version}.tgz`)
  const prefix = ['--global', '--prefix', join(folder, 'prefix')]
  // koffi alone comes from the registry, or from npm's cache.
  const registry = ['--prefer-offline', '--fetch-retries=0']
  const install = await execa('npm', ['install', ...prefix, ...registry, ...quietly, tarball], {
    reject: false,
  })
  if (install.exitCode === 0) return
  const network = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.exec(
    install.stderr,
  )
  if (!network) throw new Error(install.stderr)
  offline = `the registry is out of reach (${network[0]}), so koffi cannot be installed`
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const netlab = (...argv: string[]) =>
  execa(join(folder, 'prefix/bin/netlab'), argv, { cwd: folder, reject: false })

test('holds the bundle, the labs, their schema and what to read, and no sources', () => {
  expect(packed).toEqual(
    expect.arrayContaining(['dist/bin.js', 'dist/pod-server.js', 'dist/THIRD-PARTY-NOTICES.txt', 'LICENSE']),
  )
  const kinds =
    /^(dist\/[\w-]+\.js(\.map)?|dist\/THIRD-PARTY-NOTICES\.txt|labs\/.+|schema\/.+\.json|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/
  expect(packed.filter(path => !kinds.test(path))).toEqual([])
})

test('the bundle imports nothing but Node itself and koffi', () => {
  const scripts = readdirSync('dist').filter(name => name.endsWith('.js'))
  const imported = scripts.flatMap(name =>
    [
      ...readFileSync(join('dist', name), 'utf8').matchAll(
        /^(?:import|export|\} from)\b[^\n]*?["']([^"'.][^"'\n]*)["'];?$/gm,
      ),
    ].map(match => match[1]!),
  )
  const foreign = imported.filter(name => !name.startsWith('node:') && !builtinModules.includes(name))
  expect([...new Set(foreign)].filter(name => name !== 'koffi')).toEqual([])
})

test('installed elsewhere, it runs', async context => {
  if (offline) context.skip(offline)
  expect(await netlab('--version')).toMatchObject({ stdout: version, exitCode: 0 })
})

test('installed elsewhere, it finds its labs and its library', async context => {
  if (offline) context.skip(offline)
  expect(await netlab('validate', 'two-pods')).toMatchObject({ exitCode: 0 })
  const { stdout } = await netlab('doctor', '--json')
  expect(JSON.parse(stdout).findings).toContainEqual(expect.objectContaining({ topic: 'koffi', state: 'ok' }))
})

test('koffi is all that comes with it', context => {
  if (offline) context.skip(offline)
  const modules = join(folder, 'prefix/lib/node_modules/netlab/node_modules')
  // npm brings the binary of this platform as a package of its own, under @koromix.
  expect(readdirSync(modules).filter(name => !/^(\.|koffi$|@koromix$)/.test(name))).toEqual([])
})

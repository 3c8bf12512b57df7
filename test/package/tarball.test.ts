import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { openSession, users } from '../labs/cli.ts'
import { ownFolder } from '../own-folder.ts'

// The tarball that `npm publish` would send, of the build that the set-up made, installed in an empty folder far from the checkout.

const folder = ownFolder('tarball')
const project = join(folder, 'empty')
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
let packed: readonly string[]

/** Packs what stands in a folder; returns the tarball's path and the files in it. */
async function pack(...source: string[]): Promise<{ tarball: string; files: string[] }> {
  const argv = ['pack', '--json', '--pack-destination', folder, ...quietly, ...source]
  const [{ filename, files }] = JSON.parse((await execa('npm', argv)).stdout)
  return { tarball: join(folder, filename), files: files.map(({ path }: { path: string }) => path) }
}

beforeAll(async () => {
  // An ordinary user runs it, too.
  chmodSync(folder, 0o755)
  mkdirSync(project)
  const { tarball, files } = await pack()
  packed = files
  // npm would take the next folder upwards that has packages.
  const install = (...argv: string[]) =>
    execa('npm', ['install', '--prefix', project, ...quietly, tarball, ...argv], {
      cwd: project,
      reject: false,
    })
  const { exitCode, stderr } = await install('--prefer-offline', '--fetch-retries=0')
  if (exitCode === 0) return
  if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(stderr))
    throw new Error(stderr)
  // The registry is out of reach: koffi, all that would come from there, is the checkout's own.
  const platforms = readdirSync('node_modules/@koromix').map(name => `./node_modules/@koromix/${name}`)
  const packages = await Promise.all(['./node_modules/koffi', ...platforms].map(path => pack(path)))
  const again = await install('--offline', ...packages.map(each => each.tarball))
  if (again.exitCode !== 0) throw new Error(again.stderr)
}, 240_000)

const netlab = (...argv: string[]) =>
  execa(join(project, 'node_modules/.bin/netlab'), argv, { cwd: project, reject: false })

test('holds the bundle, the labs, their schema and what to read, and no sources', () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      ...[
        'dist/bin.js',
        'dist/in-kernel.js',
        'dist/vm-agent.js',
        'dist/pod-server.js',
        'dist/probe.js',
        'dist/pairs.js',
        'dist/netns-cookies.js',
        'dist/socket-lb.js',
        'bpf/socket-lb.o',
        'dist/measure.js',
        'dist/trace.js',
        'dist/capture.js',
        'dist/without-groups.js',
        'dist/in-browser.js',
        'dist/in-browser.css',
        'dist/THIRD-PARTY-NOTICES.txt',
      ],
      ...['package.json', 'LICENSE', 'CHANGELOG.md', 'Dockerfile', 'docs/export.md', 'man/netlab.1'],
    ]),
  )
  const kinds =
    /^(dist\/[\w-]+\.c?js(\.map)?|dist\/in-browser\.css|dist\/THIRD-PARTY-NOTICES\.txt|bpf\/socket-lb\.o|labs\/.+|schema\/.+\.json|docs\/[\w-]+\.md|Dockerfile|man\/netlab\.1|package\.json|LICENSE|README\.md|CHANGELOG\.md)$/
  expect(packed.filter(path => !kinds.test(path))).toEqual([])
})

test('the bundle imports nothing but Node itself and koffi', () => {
  const scripts = readdirSync('dist').filter(name => /\.c?js$/.test(name))
  const imports = /^(?:import|export|\} from)\b[^\n]*?["']([^"'.][^"'\n]*)["'];?$/gm
  const requires = /\brequire\("([^".][^"\n]*)"\)/g
  const imported = scripts.flatMap(name => {
    const text = readFileSync(join('dist', name), 'utf8')
    return [...text.matchAll(imports), ...text.matchAll(requires)].map(match => match[1]!)
  })
  const foreign = imported.filter(name => !name.startsWith('node:') && !builtinModules.includes(name))
  expect([...new Set(foreign)].filter(name => name !== 'koffi')).toEqual([])
})

test('every package that the bundle holds code of is in the notices, with its licence', () => {
  const sources = readdirSync('dist')
    .filter(name => name.endsWith('.map'))
    .flatMap(name => JSON.parse(readFileSync(join('dist', name), 'utf8')).sources)
  const packages = new Set(
    sources.flatMap(source => /^\.\.\/(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
  )
  expect(packages).toContain('node_modules/yaml')
  const notices = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8')
  for (const bundled of packages) {
    const { name, version } = JSON.parse(readFileSync(join(bundled, 'package.json'), 'utf8'))
    const licence = readdirSync(bundled).find(file => /^licen[cs]e/i.test(file))!
    const text = readFileSync(join(bundled, licence), 'utf8').replaceAll('\r\n', '\n').trim()
    const section = notices
      .split(`\n${'-'.repeat(78)}\n`)
      .find(each => each.includes(`\n${name} ${version} (`))
    expect(section, name).toContain(text)
  }
})

test('no script leads Node to its map, which would cost each start', () => {
  const scripts = readdirSync('dist').filter(name => name.endsWith('.js'))
  const leading = scripts.filter(name =>
    readFileSync(join('dist', name), 'utf8').includes('sourceMappingURL='),
  )
  expect(leading).toEqual([])
})

test('installed elsewhere, it runs', async () => {
  expect(await netlab('--version')).toMatchObject({ stdout: version, exitCode: 0 })
})

test('installed elsewhere, it finds its labs and its library', async () => {
  expect(await netlab('validate', 'two-pods')).toMatchObject({ exitCode: 0 })
  const { stdout } = await netlab('doctor', '--json')
  expect(JSON.parse(stdout).findings).toContainEqual(expect.objectContaining({ topic: 'koffi', state: 'ok' }))
})

test('koffi is all that comes with it', () => {
  const modules = join(project, 'node_modules')
  // npm brings the binary of this platform as a package of its own, under @koromix.
  expect(readdirSync(modules).filter(name => !/^(\.|netlab$|koffi$|@koromix$)/.test(name))).toEqual([])
})

describe.each(users)('as %s', user => {
  test('npx netlab builds a lab and takes it away', async () => {
    const session = openSession(user)
    const npx = (...argv: string[]) =>
      session.startProgram(['sh', '-c', 'cd "$0" && exec npx netlab "$@"', project, ...argv], {
        env: {
          PATH: `${dirname(process.execPath)}:${session.environment().PATH}`,
          npm_config_offline: 'true',
          npm_config_update_notifier: 'false',
        },
      })
    const up = await npx('up', 'clusterip', '--json', '--quiet')
    expect(up).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(up.stdout)).toMatchObject({ lab: 'clusterip', ok: true })
    expect(await npx('down')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('nothing is left'),
    })
  }, 180_000)
})

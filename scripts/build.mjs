// Bundles the CLI: one file to read at start instead of several hundred, which is most of what a start costs.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { thirdPartyNotices } from './build/third-party-notices.mjs'

const folder = 'dist'
const stamp = '.built'
const entryPoints = [
  'src/bin.ts',
  'src/sandbox/pod-server.ts',
  'src/sandbox/kubelet/kubelet.ts',
  'src/sandbox/probe.ts',
  'src/sandbox/pairs.ts',
  'src/sandbox/netns-cookies.ts',
  'src/sandbox/bpf/socket-lb.ts',
  'src/sandbox/measure.ts',
]
const began = new Date()

const { outputFiles, metafile } = await build({
  entryPoints,
  outdir: folder,
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  legalComments: 'none',
  // For the stack of a bug alone, src/view/source-stack.ts: no comment leads Node to them, and they hold no sources.
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
  write: false,
  metafile: true,
  // Some bundled packages are CommonJS and ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as netlabRequire } from 'node:module'; const require = netlabRequire(import.meta.url);",
  },
})

const notices = thirdPartyNotices(metafile)
if (notices.unlicensed.length > 0) {
  const names = notices.unlicensed.join(', ')
  process.stderr.write(
    `In the bundle, and without a licence text that could be handed on: ${names}. Bundle another package instead, or make it a dependency.\n`,
  )
  process.exit(1)
}

// Whoever runs netlab meanwhile, or after this was killed half-way, finds the old build or the new one, whole: a shared chunk has
// its content's hash in its name, the files that import it come after it, each by a rename, and the stamp says that all are there.
mkdirSync(folder, { recursive: true })
const entries = entryPoints.map(path => basename(path, '.ts').concat('.js'))
const files = [
  { name: 'THIRD-PARTY-NOTICES.txt', contents: notices.text },
  ...outputFiles
    .map(({ path, contents }) => ({ name: basename(path), contents }))
    .sort((a, b) => Number(entries.includes(a.name)) - Number(entries.includes(b.name))),
]
for (const { name, contents } of files) {
  const written = join(folder, `.${name}.${process.pid}`)
  writeFileSync(written, contents)
  renameSync(written, join(folder, name))
}
const written = join(folder, `${stamp}.${process.pid}`)
writeFileSync(written, '')
utimesSync(written, began, began)
renameSync(written, join(folder, stamp))

// What older builds left; what is younger than this build belongs to another one under way.
const current = new Set([stamp, ...files.map(({ name }) => name)])
for (const name of readdirSync(folder)) {
  const path = join(folder, name)
  if (!current.has(name) && statSync(path).mtime < began) rmSync(path, { recursive: true })
}

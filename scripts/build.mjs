// Bundles the CLI: one file to read at start instead of several hundred, which is most of what a start costs.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { thirdPartyNotices } from './build/third-party-notices.mjs'

const folder = 'dist'
const stamp = '.built'
const entryPoints = [
  'src/bin.ts',
  'src/in-kernel.ts',
  'src/sandbox/pod-server.ts',
  'src/sandbox/kubelet/kubelet.ts',
  'src/sandbox/probe.ts',
  'src/sandbox/pairs.ts',
  'src/sandbox/netns-cookies.ts',
  'src/sandbox/bpf/socket-lb.ts',
  'src/sandbox/measure.ts',
  'src/sandbox/trace/trace.ts',
  'src/sandbox/without-groups.ts',
  'src/sandbox/vm/vm-agent.ts',
]
const began = new Date()

// The layout is one large script that was compiled from Java: nobody's stack leads into it, so it has no map, and its blanks go. It is read
// only where something is drawn.
const layout = { name: 'elk', module: 'elkjs/lib/elk.bundled.js' }
const apart = {
  name: 'layout-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^elkjs\// }, ({ path }) =>
      path === layout.module ? { path: `./${layout.name}.js`, external: true } : undefined,
    ),
}
const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  write: false,
  metafile: true,
}
const elk = await build({
  ...common,
  entryPoints: { [layout.name]: layout.module },
  outdir: folder,
  minify: true,
  legalComments: 'none',
  logLevel: 'error',
})

const main = await build({
  ...common,
  entryPoints,
  outdir: folder,
  entryNames: '[name]',
  splitting: true,
  minifySyntax: true,
  external: ['koffi'],
  plugins: [apart],
  legalComments: 'none',
  // For the stack of a bug alone, src/view/source-stack.ts: no comment leads Node to them, and they hold no sources.
  sourcemap: 'external',
  sourcesContent: false,
  logLevel: 'warning',
  // Some bundled packages are CommonJS and ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as netlabRequire } from 'node:module'; const require = netlabRequire(import.meta.url);",
  },
})

const outputFiles = [...elk.outputFiles, ...main.outputFiles]
const notices = thirdPartyNotices({ outputs: { ...main.metafile.outputs, ...elk.metafile.outputs } })
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

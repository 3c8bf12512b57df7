// Bundles the CLI: one file to read at start instead of several hundred, and what V8 compiled of it, which is most of what a start costs.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
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
  'src/sandbox/capture/capture.ts',
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
      path === layout.module ? { path: `./${layout.name}.cjs`, external: true } : undefined,
    ),
}
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  write: false,
  metafile: true,
  outdir: folder,
  external: ['koffi'],
  plugins: [apart],
  legalComments: 'none',
}
/** For the stack of a bug alone, src/view/source-stack.ts: no comment leads Node to them, and they hold no sources. */
const mapped = { sourcemap: 'external', sourcesContent: false, minifySyntax: true, logLevel: 'warning' }
const elk = await build({
  ...common,
  entryPoints: { [layout.name]: layout.module },
  plugins: [],
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minify: true,
  logLevel: 'error',
})

// A function of its require, path and URL: V8 keeps what it compiled of a script, and not of a module. Where its text changes, so does its name,
// and no cache of another text is ever beside it.
const program = await build({
  ...common,
  ...mapped,
  entryPoints: ['src/netlab.ts'],
  entryNames: '[name]-[hash]',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // What a script imports later, V8 would ask its host for.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'netlabUrl' },
  banner: { js: '(function (require, __filename, netlabUrl) { const module = {};' },
  footer: { js: '})' },
})
const programFile = program.outputFiles.map(({ path }) => basename(path)).find(name => name.endsWith('.cjs'))

const main = await build({
  ...common,
  ...mapped,
  entryPoints,
  entryNames: '[name]',
  format: 'esm',
  splitting: true,
  define: { programFile: JSON.stringify(programFile) },
  // Some bundled packages are CommonJS and ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as netlabRequire } from 'node:module'; const require = netlabRequire(import.meta.url);",
  },
})

// What netlab view serves: a browser loads it from there, so it is as small as it gets, and has no map.
const page = await build({
  ...common,
  entryPoints: { 'in-browser': 'src/view/page/page.tsx' },
  plugins: [],
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // The terminal is larger than all the rest: a browser loads it when somebody opens a shell.
  splitting: true,
  chunkNames: 'in-browser-[name]-[hash]',
  logLevel: 'warning',
})

const bundles = [elk, page, program, main]
const notices = thirdPartyNotices({
  outputs: Object.assign({}, ...bundles.map(({ metafile }) => metafile.outputs)),
})
if (notices.unlicensed.length > 0) {
  const names = notices.unlicensed.join(', ')
  process.stderr.write(
    `In the bundle, and without a licence text that could be handed on: ${names}. Bundle another package instead, or make it a dependency.\n`,
  )
  process.exit(1)
}

// Whoever runs netlab meanwhile, or after this was killed half-way, finds the old build or the new one, whole: the program and a shared chunk
// have their content's hash in their names, the files that import it come after it, each by a rename, and the stamp says that all are there.
mkdirSync(folder, { recursive: true })
const entries = entryPoints.map(path => basename(path, '.ts').concat('.js'))
const files = [
  { name: 'THIRD-PARTY-NOTICES.txt', contents: notices.text },
  ...bundles
    .flatMap(({ outputFiles }) => outputFiles)
    .map(({ path, contents }) => ({ name: basename(path), contents }))
    .sort((a, b) => Number(entries.includes(a.name)) - Number(entries.includes(b.name))),
]
for (const { name, contents } of files) {
  const written = join(folder, `.${name}.${process.pid}`)
  writeFileSync(written, contents)
  renameSync(written, join(folder, name))
  if (name === programFile) makeCodeCache(name)
}
const written = join(folder, `${stamp}.${process.pid}`)
writeFileSync(written, '')
utimesSync(written, began, began)
renameSync(written, join(folder, stamp))

// What older builds left; what is younger than this build belongs to another one under way.
const current = new Set([stamp, `${programFile}.cache`, ...files.map(({ name }) => name)])
for (const name of readdirSync(folder)) {
  const path = join(folder, name)
  if (!current.has(name) && statSync(path).mtime < began) rmSync(path, { recursive: true })
}

/** Lets V8 keep what it compiles for a verb that needs neither a sandbox nor anything of this machine's. Without it all is as well, but later. */
function makeCodeCache(name) {
  const written = join(folder, `.${name}.cache.${process.pid}`)
  const maker = ['scripts/build/code-cache.mjs', resolve(folder, name), written, 'plan', 'clusterip']
  spawnSync(process.execPath, maker, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 })
  if (existsSync(written)) renameSync(written, join(folder, `${name}.cache`))
}

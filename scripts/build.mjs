// Bundles the CLI: one file to read at start instead of several hundred, which is most of what a start costs.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/bin.ts', 'src/sandbox/pod-server.ts'],
  outdir: 'dist',
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  legalComments: 'none',
  logLevel: 'warning',
  // Some bundled packages are CommonJS and ask for Node's own modules with require.
  banner: { js: "import { createRequire as netlabRequire } from 'node:module'; const require = netlabRequire(import.meta.url);" },
})

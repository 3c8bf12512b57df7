import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where in the bundle a line of a stack says it is: `file:///…/dist/netlab-X.cjs:12:34`. */
const bundledPlace = /(file:\/\/[^\s:]+\.c?js):(\d+):(\d+)/g

/**
 * A bug's stack with places in netlab's sources, `src/view/terminal.ts:81:33`, instead of those in its bundle. The maps lie beside
 * the bundle, read only now; a place that they do not know stays as it is.
 */
export function sourceStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>()
  return stack.replace(bundledPlace, (place, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, mapOf(url))
    const origin = maps.get(url)?.findOrigin(Number(line), Number(column))
    if (origin === undefined || !('fileName' in origin) || !origin.fileName) return place
    // The map's paths are relative to dist/, as it lies in the package.
    return `${join('dist', origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`
  })
}

/** A stack is worth showing without its map, too. */
function mapOf(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')))
  } catch {
    return undefined
  }
}

import type { TestProject } from 'vitest/node'
import { copyPackage, removeFolder } from './package-copy.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the package that all tests of this run start. */
    packageFolder: string
  }
}

/** Copies the package once for a whole run, and returns what removes the copy again. */
export function setup(run: TestProject): () => void {
  const folder = copyPackage()
  run.provide('packageFolder', folder)
  return () => removeFolder(folder)
}

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shellWord } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { didYouMean } from '../text/did-you-mean.ts'

/** The path of a lab that is given as a path, or as the name of a lab that ships with netlab. */
export function findLab(nameOrPath: string): string {
  if (nameOrPath.includes('/') || /\.ya?ml$/.test(nameOrPath) || existsSync(nameOrPath)) return nameOrPath
  const names = shippedLabs()
  if (names.includes(nameOrPath)) return join(labsFolder(), `${nameOrPath}.yaml`)
  const near = didYouMean(nameOrPath, names, 'the labs that ship are')
  const path = `give the path of a lab file: ./${nameOrPath}.yaml, say`
  throw new NetlabError({
    what: `there is no lab "${nameOrPath}"`,
    fix: near === undefined ? path : `${near} Or ${path}`,
    exitCode: exitCode.wrongInput,
  })
}

/** The names of the labs that ship with netlab. */
export function shippedLabs(): string[] {
  const folder = labsFolder()
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => /^[a-z0-9-]+\.yaml$/.test(name))
    .map(name => name.slice(0, -'.yaml'.length))
    .sort()
}

/** What is typed for a lab: the name of one that ships, or else the path of its file. */
export function labWord(path: string): string {
  return shippedName(path) ?? shellWord(path)
}

/** What a lab is known by wherever netlab is installed, and from whatever folder it is named: its name where it ships, else its absolute path. */
export function labKey(path: string): string {
  return shippedName(path) ?? resolve(path)
}

function shippedName(path: string): string | undefined {
  return shippedLabs().find(name => join(labsFolder(), `${name}.yaml`) === path)
}

/** A file of the package, from the sources as from the bundle. */
function packageFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return join(folder, name)
}

function labsFolder(): string {
  return packageFile('labs')
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const licenseFile = /^(licen[cs]e|copying)\b/i
/** Apache-2.0 asks to hand it on beside the licence. */
const noticeFile = /^notice\b/i

const heading = `netlab's bundle holds code of the packages below. Each is here with its version and the texts that its licence asks to hand on;
packages whose texts are the same to the letter share them. scripts/build.mjs writes this file from what is in the bundle.
`

/**
 * The notices that the bundle of this esbuild metafile must come with, and the packages in it that have no licence text, as
 * `NAME VERSION (FOLDER)`: without one nobody may hand their code on.
 */
export function thirdPartyNotices(metafile) {
  const owners = new Map()
  const unlicensed = []
  for (const folder of bundledPackages(metafile)) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const files = readdirSync(folder).sort()
    if (!files.some(file => licenseFile.test(file))) unlicensed.push(`${name} ${version} (${folder})`)
    const text = files
      .filter(file => licenseFile.test(file) || noticeFile.test(file))
      .map(file => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
      .join('\n\n')
    owners.set(text, [...(owners.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const sections = [...owners].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
  return { text: [heading, ...sections].join(`\n${'-'.repeat(78)}\n\n`), unlicensed }
}

/** The folders of the packages of which something is left in the output, sorted. */
function bundledPackages({ outputs }) {
  const folders = Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [])
  return [...new Set(folders)].sort()
}

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { tools } from '../../src/sandbox/doctor/tools.ts'

const dockerfile = readFileSync('Dockerfile', 'utf8')

test('the image has every program that doctor looks for, but for virtual machines, and no other package', () => {
  const [, installed = ''] = /apt-get install [^\n]*\\\n([\s\S]*?)\n {4}&&/.exec(dockerfile) ?? []
  const packages = installed.split('\n').map(line => line.replace('\\', '').trim())
  const needed = tools.map(tool => tool.package).filter(name => name !== 'qemu-system-x86')
  expect(packages).toEqual([...new Set(needed)].sort())
})

test('the image is of an ordinary user, whom a cluster knows by their number', () => {
  expect(dockerfile.match(/^USER .*/gm)).toEqual(['USER 1000'])
  expect(readFileSync('src/export/kubernetes.ts', 'utf8')).toContain('const uid = 1000\n')
})

test('the image is called as netlab export calls it', () => {
  expect(dockerfile).toContain(`docker build --tag netlab:${packageJson.version} .`)
})

test('what the package has comes into the image, and nothing that git does not have: dist is built there', () => {
  const [first, ...kept] = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  expect(first).toBe('*')
  expect(kept.every(line => /^![A-Za-z]/.test(line))).toBe(true)
  for (const path of packageJson.files.filter(path => !path.startsWith('dist/')))
    expect(kept).toContain(`!${path.split('/')[0]}`)
  for (const folder of ['node_modules', 'dist', '.git', 'test']) expect(kept).not.toContain(`!${folder}`)
})

test('an editor has the same image up to its tools, and git, and stays an ordinary user', () => {
  const text = readFileSync('.devcontainer/devcontainer.json', 'utf8').replaceAll(/^ *\/\/.*$/gm, '')
  const { build, remoteUser } = JSON.parse(text) as { build: Record<string, string>; remoteUser: string }
  expect(build).toEqual({ dockerfile: '../Dockerfile', context: '..', target: 'editor' })
  expect(dockerfile).toContain('FROM tools AS editor\n')
  expect(remoteUser).toBe('node')
})

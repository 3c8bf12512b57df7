import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { compilePlan } from '../../src/plan/compile.ts'
import { planScript } from '../../src/plan/shell-script.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { shippedLabs } from '../../src/read/load-shipped.ts'
import { planOf } from './lab-text.ts'

/** The script with all but two of a row of like services left out, so that it can be read: nginx-1, nginx-2 and what is not numbered stay. */
function readable(text: string): string {
  const numbered = /\b(?:default\/)?nginx-(\d+)\b/
  const isLeftOut = (line: string) => Number(numbered.exec(line)?.[1] ?? 0) > 2
  const lines = text.split('\n')
  const chains = new Set(lines.filter(isLeftOut).flatMap(line => line.match(/KUBE-(SVC|SEP)-\w+/g) ?? []))
  return lines
    .filter(
      line =>
        !isLeftOut(line) && ![...line.matchAll(/KUBE-(?:SVC|SEP)-\w+/g)].some(([chain]) => chains.has(chain)),
    )
    .join('\n')
}

const folder = 'test/golden/plan'
const script = (lab: string) => planScript(compilePlan(loadLab(join('labs', `${lab}.yaml`))))

it('prints a title as it is, backslashes too', async () => {
  const title = String.raw`Not \033[2J nor \c`
  const text = planScript(
    planOf(
      `name: x\npods: {a: 10.0.0.1/24}\nbridge: {name: br1, address: 10.0.0.254/24}\ntitle: x\nsteps: [{title: '${title}'}]\n`,
    ),
  )
  const step = /^step\(\) \{\n.*?\n\}$/ms.exec(text)?.[0] ?? ''
  const call = text.split('\n').findLast(line => line.startsWith('step ')) ?? ''
  const { stdout } = await execa('sh', ['-euc', `reached=/dev/null\n${step}\n${call}`])
  expect(stdout).toMatch(/^\d+\/\d+ /)
  expect(stdout).toContain(title)
})

/** Those in ebpf mode have none. */
const scripted = shippedLabs().filter(lab => loadLab(join('labs', `${lab}.yaml`)).proxy.mode !== 'ebpf')

// UPDATE=1 writes these files anew; read them then as somebody who is to run them.
describe.each(scripted)('the printed script of labs/%s.yaml', lab => {
  const golden = join(folder, `${lab}.sh`)

  it('is the one that was read and found good', () => {
    const text = lab === 'many-services' ? readable(script(lab)) : script(lab)
    if (process.env.UPDATE === '1') writeFileSync(golden, text)
    expect(text).toBe(readFileSync(golden, 'utf8'))
  })

  it('is valid for a POSIX shell', async () => {
    expect(await execa('sh', ['-n'], { input: script(lab), reject: false })).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
  })

  it('comes out the same, byte for byte, each time', () => {
    expect(script(lab)).toBe(script(lab))
  })
})

it('there is no script of a lab that does not ship', () => {
  expect(readdirSync(folder).sort()).toEqual(scripted.map(lab => `${lab}.sh`))
})

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { loadLab } from '../../src/lab/load-lab.ts'
import { shippedLabs } from '../../src/lab/load-shipped.ts'
import { compilePlan } from '../../src/plan/compile.ts'
import { planScript } from '../../src/plan/shell-script.ts'

const folder = 'test/golden/plan'
const script = (lab: string) => planScript(compilePlan(loadLab(join('labs', `${lab}.yaml`))))

// UPDATE=1 writes these files anew; read them then as somebody who is to run them.
describe.each(shippedLabs())('the printed script of labs/%s.yaml', lab => {
  const golden = join(folder, `${lab}.sh`)

  it('is the one that was read and found good', () => {
    if (process.env.UPDATE === '1') writeFileSync(golden, script(lab))
    expect(script(lab)).toBe(readFileSync(golden, 'utf8'))
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
  expect(readdirSync(folder).sort()).toEqual(shippedLabs().map(lab => `${lab}.sh`))
})

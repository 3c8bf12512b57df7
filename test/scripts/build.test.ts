import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Checkout } from './checkout.ts'

let checkout: Checkout

beforeEach(async () => {
  checkout = new Checkout()
  expect((await checkout.run()).code).toBe(0)
  checkout.write('node_modules/bare/package.json', '{"name": "bare", "version": "1.2.3", "license": "MIT"}')
  checkout.write('node_modules/bare/index.js', 'export const word = "bare"\nexport const other = 1\n')
  checkout.write('src/bin.ts', "import { word } from 'bare'\nprocess.stdout.write(word)\n")
})

afterEach(() => checkout.remove())

const notices = () => readFileSync(checkout.path('dist/THIRD-PARTY-NOTICES.txt'), 'utf8')

test('a package without a licence text is not bundled: the build fails and names it', async () => {
  const { stderr, code } = await checkout.run()
  expect(code).toBe(3)
  expect(stderr).toContain('without a licence text that could be handed on: bare 1.2.3 (node_modules/bare).')
  expect(notices()).not.toContain('bare')
})

test('the notices hold the licence and the NOTICE of what is bundled, and of nothing else', async () => {
  checkout.write('node_modules/bare/LICENCE.md', 'You may.\r\n')
  checkout.write('node_modules/bare/NOTICE', 'Copyright: the bare authors')
  expect((await checkout.run()).code).toBe(0)
  expect(notices()).toContain('\nbare 1.2.3 (MIT)\n\nYou may.\n\nCopyright: the bare authors\n')
  checkout.write('src/bin.ts', "import 'bare'\nimport { word } from 'bare'\nexport type Word = typeof word\n")
  checkout.write('node_modules/bare/index.js', 'export const word = "bare"\n')
  expect((await checkout.run()).code).toBe(0)
  expect(notices()).not.toContain('bare')
})

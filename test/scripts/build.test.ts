import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { Script } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Checkout } from './checkout.ts'

let checkout: Checkout

beforeEach(async () => {
  checkout = new Checkout()
  expect((await checkout.run()).code).toBe(0)
  checkout.write('node_modules/bare/package.json', '{"name": "bare", "version": "1.2.3", "license": "MIT"}')
  checkout.write('node_modules/bare/index.js', 'export const word = "bare"\nexport const other = 1\n')
  checkout.write('src/netlab.ts', "import { word } from 'bare'\nprocess.stdout.write(word)\n")
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
  checkout.write(
    'src/netlab.ts',
    "import 'bare'\nimport { word } from 'bare'\nexport type Word = typeof word\n",
  )
  checkout.write('node_modules/bare/index.js', 'export const word = "bare"\n')
  expect((await checkout.run()).code).toBe(0)
  expect(notices()).not.toContain('bare')
})

test('V8 takes what it compiled when the program was built, and the program runs without it as well', async () => {
  checkout.write('src/netlab.ts', "process.stdout.write(['ran', ...process.argv.slice(2)].join(' '))\n")
  expect((await checkout.run()).code).toBe(0)
  const program = readdirSync(checkout.path('dist')).find(name => /^netlab-\w+\.cjs$/.test(name))!
  const text = readFileSync(checkout.path(`dist/${program}`), 'latin1')
  const cache = `dist/${program}.cache`
  const { cachedDataRejected } = new Script(text, { cachedData: readFileSync(checkout.path(cache)) })
  expect(cachedDataRejected).toBe(false)

  const start = [process.execPath, checkout.path('dist/bin.js'), 'list']
  const ran = { stdout: 'ran list', stderr: '', code: 0 }
  expect(await checkout.run(start)).toEqual(ran)
  checkout.write(cache, 'of another V8')
  expect(await checkout.run(start)).toEqual(ran)
  rmSync(checkout.path(cache))
  expect(await checkout.run(start)).toEqual(ran)
  rmSync(checkout.path(`dist/${program}`))
  expect(await checkout.run(start)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('netlab cannot read its own program'),
  })
})

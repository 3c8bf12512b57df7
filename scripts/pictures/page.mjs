// Takes the picture of the page of `netlab view`: the real one, in a Chromium that is on this machine.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const browserFile = '/usr/bin/chromium'

/** Writes a picture of a running lab's page, half-way through a request. Does nothing, and says so, where there is no Chromium. */
export async function takePage(argv, environment, path) {
  if (!existsSync(browserFile)) {
    process.stderr.write(`${path} stays as it is: there is no ${browserFile}\n`)
    return
  }
  const [file, ...args] = argv
  const view = spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  const browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox'] })
  try {
    const [address] = await once(view.stdout, 'data')
    const page = await browser.newPage({
      viewport: { width: 1280, height: 720 },
      reducedMotion: 'reduce',
      colorScheme: 'light',
    })
    await page.goto(String(address).trim())
    await page.getByRole('button', { name: /^netns_021 / }).click()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.player').waitFor()
    const change = page.locator('.change')
    // At the last stop the button cannot be pressed, and that ends it.
    const on = page.getByRole('button', { name: 'a stop on' })
    while ((await change.count()) === 0) await on.click()
    await page.screenshot({ path })
    process.stderr.write(`${path}\n`)
  } finally {
    await browser.close()
    view.kill('SIGINT')
    await once(view, 'exit')
  }
}

import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** A Chromium that is on this machine; none is ever fetched. Debian's package is chromium. */
export const browserFile = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
].find(path => existsSync(path))

/** Milliseconds that the page may take for anything: an end, not a measure. */
const patience = 240_000

/** Opens an address in a window as large as a projector's. What the page loads from elsewhere, and what goes wrong in it, fails the test. */
export async function openPage(browser: Browser, address: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' })
  const faults: string[] = []
  page.setDefaultTimeout(patience)
  page.on('pageerror', error => faults.push(error.message))
  page.on('dialog', dialog => {
    faults.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', message => {
    if (/Content Security Policy/.test(message.text())) faults.push(message.text())
  })
  page.on('request', request => {
    if (!request.url().startsWith(address) && !request.url().endsWith('/favicon.ico'))
      faults.push(`asks for ${request.url()}`)
  })
  await page.goto(address)
  await page.locator('svg .place').first().waitFor()
  return { page, faults }
}

export function launch(): Promise<Browser> {
  // Its own sandbox needs rights that a container, or root, does not have; what it shows is netlab's own.
  return chromium.launch({ executablePath: browserFile!, args: ['--no-sandbox'] })
}

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
}

/** Fails where axe finds something that a screen reader or the keyboard would miss. */
export async function mustBeAccessible(page: Page): Promise<void> {
  // Not as a script of the page, which its policy forbids.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)')
  const found = violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  }))
  expect(found).toEqual([])
}

/** The texts of the page that are smaller than so many pixels, each with its size. */
export function smallTexts(page: Page, least: number): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const found = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement
      if (node.textContent.trim() === '' || element.closest('script, style, datalist') !== null) continue
      const scale = element.getScreenCTM === undefined ? 1 : element.getScreenCTM().a
      const size = parseFloat(getComputedStyle(element).fontSize) * scale
      if (size < ${least}) found.push(node.textContent + ': ' + size)
    }
    return found
  })()`)
}

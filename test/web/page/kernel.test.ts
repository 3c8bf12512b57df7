import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bin, openSession, type Session } from '../../labs/cli.ts'
import { asking } from '../../lesson/lessons.ts'
import { hostileLab, served, view } from '../lab.ts'
import { browserFile, launch, mustBeAccessible, openPage, smallTexts } from './browser.ts'

/** Bytes, gzipped. */
const largestScript = 300_000

test('the script of the page is small', () => {
  const script = readFileSync(join(dirname(bin), 'in-browser.js'))
  expect(gzipSync(script).length).toBeLessThan(largestScript)
})

/** Steps of a lesson after those that are derived: one of them fails. */
const hostileSteps = `steps:
  - title: "<b id=evil>a device</b>"
    why: "<script id=evil>alert(1)</script>"
    run: [ip link set nosuch up]
    check: [{command: "true"}]
  - title: Asked
    check: [{curl: "10.0.0.11:8080", expect: {backend: a}}]
`

const why = browserFile === undefined ? ', skipped: no Chromium here (Debian: apt-get install chromium)' : ''

describe.skipIf(browserFile === undefined)(`the page in a real Chromium${why}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const opened = async (lab: string, session: Session) => {
    const { code, stderr } = await session.netlab('up', lab, '--quiet')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { address } = await view(session)
    return openPage(browser, address)
  }

  test('shows a lab live, and sends requests whose packets can be followed', async () => {
    const session = openSession()
    const { page, faults } = await opened('clusterip', session)
    const inside = (...argv: string[]) => session.netlab('exec', '--', ...argv)
    await page.getByText('✔ nothing is off').waitFor()
    await mustBeAccessible(page)
    expect(await smallTexts(page, 17.9)).toEqual([])

    // Live: what is off, and what counts.
    await inside('ip', 'link', 'set', 'veth_021', 'down')
    await page.locator('.state').getByText('host: veth_021 is down').waitFor()
    await mustBeAccessible(page)
    await inside('ip', 'link', 'set', 'veth_021', 'up')
    await page.getByText('✔ nothing is off').waitFor()
    const counted = async () =>
      (await page.locator('.count text').allTextContents()).map(text => Number(text.replaceAll(',', '')))
    const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0)
    const before = sum(await counted())
    await inside('curl', '-s', '10.100.100.100:8080')
    await expect.poll(async () => sum(await counted()), { timeout: 60_000 }).toBe(before + 1)

    // A request, stop by stop.
    await page.getByRole('button', { name: /^netns_021 / }).click()
    expect(await page.locator('.send select').first().inputValue()).toBe('netns_021')
    expect(await page.locator('.send input').inputValue()).toBe('10.100.100.100:8080')
    await button(page, 'Send').click()
    const player = page.getByRole('region', { name: 'The packet' })
    await player.waitFor()
    const [, count = '0'] = /1 of (\d+)/.exec((await player.textContent()) ?? '') ?? []
    expect(Number(count)).toBeGreaterThan(8)
    const seen: string[] = []
    for (let at = 1; at <= Number(count); at += 1) {
      await player.getByText(`${at} of ${count}`).waitFor()
      seen.push(`${await player.textContent()} ${await page.locator('.packet').getAttribute('transform')}`)
      await page.keyboard.press('ArrowRight')
    }
    expect(seen[0]).toContain('netns_021')
    expect(
      seen.filter(text => /destination: 10\.100\.100\.100:8080 becomes 10\.0\.0\.[12]1:8080/.test(text)),
    ).toHaveLength(1)
    expect(seen.at(-1)).toMatch(/netns_0[12]1 answers with status 200/)
    expect(new Set(seen.map(text => text.slice(text.lastIndexOf('translate')))).size).toBeGreaterThan(3)
    await page.keyboard.press('ArrowLeft')
    await player.getByText(`${Number(count) - 1} of ${count}`).waitFor()
    await mustBeAccessible(page)
    expect(await smallTexts(page, 17.9)).toEqual([])

    // One that is lost says where.
    await page.locator('.send input').fill('10.100.100.100:8081')
    await page.locator('.send input').press('Enter')
    await page.locator('.stops .lost').first().waitFor()
    expect(await page.locator('.stops').textContent()).toContain('The end')

    // A key that is pressed while a request is under way is none for its answer.
    await page.route('**/send', async route => {
      await page.keyboard.press('ArrowRight')
      await route.continue()
    })
    await page.locator('.send input').fill('10.100.100.100:8080')
    await button(page, 'Send').click()
    await page.locator('.stops .lost').first().waitFor({ state: 'detached' })
    expect(await player.textContent()).toMatch(/1 of \d+/)
    await page.unroute('**/send')

    // Many, beside what should come.
    await button(page, 'Send 1,000').click()
    const many = page.getByRole('region', { name: 'Many requests' })
    await many.getByText('1,000 requests').waitFor()
    expect(await many.textContent()).toMatch(/\d+, \d+\.\d %, should be \d+\.\d %/)
    await mustBeAccessible(page)

    // On a phone, and in the dark.
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await mustBeAccessible(page)
    expect(faults).toEqual([])
    await session.netlab('down')
    await page.getByText('clusterip is down').waitFor()
    await page.close()
  })

  test('breaks a lab, says what is wrong, and mends it', async () => {
    const session = openSession()
    const { page, faults } = await opened(session.file('lab.yaml', hostileLab), session)
    await page.getByText('✔ nothing is off').waitFor()

    // One that is lost, and why.
    await button(page, 'Send').click()
    await page.locator('.cause', { hasText: 'net.ipv4.ip_forward is 0' }).waitFor()
    await mustBeAccessible(page)

    // A rule, by its words.
    await page.getByRole('tab', { name: 'Rules' }).click()
    await page.locator('summary', { hasText: '→ KUBE-SERVICES' }).first().click()
    const rule = page.locator('summary', { hasText: '→ KUBE-SVC' }).first()
    await rule.focus()
    await page
      .locator('.explained')
      .getByText(/is the cluster IP of default/)
      .waitFor()
    await mustBeAccessible(page)
    await button(page, 'Delete this rule').click()
    await page.locator('.state').getByText('nat KUBE-SERVICES lacks 1 rule').waitFor()
    expect(await page.locator('.done').textContent()).toContain(
      'netlab exec small -- iptables -t nat -D KUBE-SERVICES',
    )

    await page.getByRole('tab', { name: 'Rules' }).press('ArrowRight')
    await button(page, 'What is wrong?').click()
    const findings = page.getByRole('region', { name: 'What is wrong' })
    await findings
      .getByText(/KUBE-SERVICES/)
      .first()
      .waitFor()
    await mustBeAccessible(page)
    await button(page, 'Mend: build it again').click()
    await page.locator('.done').getByText('small is built again').waitFor()
    await page.getByText('✔ nothing is off').waitFor()

    // A link, and a pod.
    const pod = 'a'
    await page.locator('.send select').first().selectOption(pod)
    await button(page, 'Take eth0 down').click()
    await page.locator('.state').getByText(`${pod}: eth0 is down`).waitFor()
    await button(page, `Kill ${pod}`).click()
    await page.locator('.done').getByText(`${pod} is killed`).waitFor()
    await button(page, 'Sync').click()
    await page.locator('.done').getByText(`${pod} is not ready`).waitFor()
    await button(page, 'Mend: build it again').click()
    await page.locator('.done').getByText('small is built again').waitFor()
    await page.getByText('✔ nothing is off').waitFor()
    expect(faults).toEqual([])
    await page.close()
  })

  test('leads through a lesson by the keys of the terminal', async () => {
    const session = openSession()
    const file = session.file('lab.yaml', `${hostileLab}${hostileSteps}`)
    const { address, running } = await served(session, ['walk', file, '--view', '--down'])
    const { page, faults } = await openPage(browser, address)
    const lesson = page.getByRole('region', { name: 'The lesson' })
    const pods = page.locator('svg .place .pod')
    const at = (step: number, state: string) =>
      expect
        .poll(async () => (await lesson.textContent()) ?? '', { timeout: 60_000 })
        .toMatch(new RegExp(`Step ${step} of 6.*${state}`, 's'))
    await at(1, '')
    expect(await pods.count()).toBe(0)
    expect(await page.getByRole('tab', { name: 'Break' }).count()).toBe(0)
    await mustBeAccessible(page)

    // Enter runs a step, and goes on to the next one; the drawing follows.
    await page.keyboard.press('Enter')
    await at(1, '✔ (as expected|done)')
    for (let step = 2; step <= 3; step += 1) {
      await button(page, 'Enter go on').click()
      await at(step, '')
      await page.keyboard.press('Enter')
      await at(step, '✔ (as expected|done)')
    }
    await pods.nth(1).waitFor()
    await page.getByText('✔ nothing is off').waitFor()

    // While something is typed, or chosen, keys are not the lesson's.
    await page.getByRole('tab', { name: 'Send' }).click()
    await page.locator('.send input').press('Enter')
    await page.getByRole('region', { name: 'The packet' }).waitFor()
    await page.getByRole('tab', { name: 'Lesson' }).click()
    await at(3, '✔ (as expected|done)')

    // A key that comes while a request is on its way, here to nobody, is taken as soon as that is over.
    await page.getByRole('tab', { name: 'Send' }).click()
    await page.locator('.send input').fill('10.0.0.99:8080')
    await button(page, 'Send').click()
    await page.locator('.state').getByText('… a request is on its way').waitFor()
    await page.getByRole('tab', { name: 'Lesson' }).click()
    await page.keyboard.press('Enter')

    // What is unfolded, what fails and why, and what was asked, followed.
    await at(4, '34 commands: ')
    await lesson.locator('summary', { hasText: 'what every node has' }).click()
    await lesson.getByText('$ iptables -t filter -N KUBE-FORWARD').waitFor()
    await button(page, 'Enter run').click()
    await at(4, '✔ done')
    await page.keyboard.press('Enter')
    await at(5, '<b id=evil>')
    await page.keyboard.press('Enter')
    await at(5, '✘ failed')
    expect(await lesson.textContent()).toMatch(
      /exit code 1.*Cannot find device "nosuch".*its checks were not tried/s,
    )
    await mustBeAccessible(page)
    expect(await smallTexts(page, 17.9)).toEqual([])
    await page.keyboard.press('Enter')
    await at(6, '')
    await page.keyboard.press('Enter')
    await at(6, '✔ as expected')
    await page.keyboard.press('t')
    await page.locator('.stops').getByText('The end').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('region', { name: 'The packet' }).getByText(/^2 of/).waitFor()
    await mustBeAccessible(page)

    await page.keyboard.press('s')
    await button(page, 'Open a shell').press('Enter')
    await page.locator('.xterm-rows').getByText('[small ').waitFor()
    await page.keyboard.press('Control+F6')
    await page.getByRole('tab', { name: 'Lesson' }).click()

    // Back, on a phone and in the dark; a window that is opened meanwhile knows where the lesson stands.
    await page.keyboard.press('b')
    await at(5, 'Built again with steps 1 to 4')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await mustBeAccessible(page)
    await page.reload()
    await at(5, '<b id=evil>')
    expect(await page.locator('#evil').count()).toBe(0)
    await page.keyboard.press('q')
    await page.getByText('small is down').waitFor()
    expect((await running).exitCode).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  test('asks what the checks will show: an answer that is right, one that is not, and none', async () => {
    const session = openSession()
    const { address, running } = await served(session, [
      ...['walk', session.file('lab.yaml', asking), '--view', '--down'],
    ])
    const { page, faults } = await openPage(browser, address)
    const lesson = page.getByRole('region', { name: 'The lesson' })
    const question = (ask: string) => page.getByRole('region', { name: ask })
    const verdict = page.getByRole('region', { name: 'Your answer' })
    const onward = page.getByRole('button', { name: 'Enter go on' })

    // By its key.
    await button(page, 'Enter run').click()
    const first = question('curl 10.0.0.12:8080 from a: what will come of it?')
    const right = first.getByRole('button', { name: 'it is refused at once' })
    await right.waitFor()
    expect(await button(page, 'Enter skip').count()).toBe(1)
    expect(await lesson.textContent()).toMatch(/Then it is checked/)
    await mustBeAccessible(page)
    expect(await smallTexts(page, 17.9)).toEqual([])
    await page.keyboard.press((await right.locator('kbd').textContent()) ?? '')
    await verdict.getByText('Rightly foretold.').waitFor()
    expect(await first.textContent()).toMatch(/you say.*it is refused at once/)
    expect(await verdict.textContent()).toMatch(/because.*nothing listens on port 8080 in b/)
    await mustBeAccessible(page)

    // Again, from a window that is opened while it is asked.
    await onward.waitFor()
    await page.keyboard.press('r')
    await button(page, 'Enter run').click()
    await right.waitFor()
    await page.reload()
    expect(await right.textContent()).toContain('(your answer before)')
    await page.keyboard.press('Enter')
    await verdict.getByText('You skipped it.').waitFor()
    expect(await first.textContent()).toMatch(/you skip it/)
    expect(await verdict.textContent()).toMatch(/it came.*was refused/)

    // By a click, in the dark, on a phone.
    await onward.click()
    await button(page, 'Enter run').click()
    const second = question('Who says which hardware address 10.0.0.11 has?')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await mustBeAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    await second.getByRole('button', { name: '<b id=evil>nobody</b>' }).click()
    await verdict.getByText('It came otherwise.').waitFor()
    expect(await verdict.textContent()).toMatch(/you said.*nobody.*it came.*Pod a itself.*because.*Whoever/)
    await mustBeAccessible(page)
    await onward.waitFor()
    // What is pressed next is for the lesson, and not for a button that is gone.
    await page.keyboard.press('Enter')
    await lesson.getByText('Step 3 of 3').waitFor()
    await page.keyboard.press('q')
    await page.getByText('asking is down').waitFor()
    expect(await page.locator('#evil').count()).toBe(0)
    expect((await running).exitCode).toBe(0)
    expect(faults).toEqual([])
    await page.close()
  })

  test('leads through a lesson in Chinese where the lab has it; the rest of the page is English', async () => {
    const session = openSession()
    const { address, running, printed } = await served(session, [
      ...['walk', 'clusterip', '--view', '--down', '--lang', 'zh'],
    ])
    const { page, faults } = await openPage(browser, address)
    const lesson = page.getByRole('region', { name: '课程' })
    await page.keyboard.press('Enter')
    await button(page, 'Enter 跳过').or(button(page, 'Enter 继续')).first().waitFor()
    await page.getByRole('tab', { name: 'Send' }).waitFor()
    await page.getByText('✔ nothing is off').waitFor()
    await mustBeAccessible(page)
    expect(await lesson.getAttribute('lang')).toBe('zh')
    // But for commands, and what they print.
    const said = await lesson.locator('> :is(p, h2, details, [role=status]), dt, h3').allTextContents()
    expect(said.filter(text => text !== '' && !/\p{Script=Han}/u.test(text))).toEqual([])
    expect(await page.locator('.lesson-keys').textContent()).not.toMatch(/skip|go on|quit|repeat/)
    if (await button(page, 'Enter 跳过').isVisible()) await page.keyboard.press('Enter')
    await button(page, 'Enter 继续').waitFor()
    await page.keyboard.press('q')
    await page.getByText('clusterip is down').waitFor()
    expect((await running).exitCode).toBe(0)
    expect(printed.text).toContain('clusterip 已拆除')
    expect(faults).toEqual([])
    await page.close()
  })

  test('opens a shell in a place, on a terminal', async () => {
    const session = openSession()
    const { page, faults } = await opened(session.file('lab.yaml', hostileLab), session)
    const status = page.locator('.shell [role=status]')
    const screen = page.locator('.xterm-rows')
    await page.getByRole('tab', { name: 'Shell' }).click()
    await mustBeAccessible(page)
    await page.locator('.shell select').selectOption('b')
    await button(page, 'Open a shell').click()
    await screen.getByText('[small b]#').waitFor()
    // Colours of the palette and beyond are styles that the page's policy allows.
    await page.keyboard.type(
      "printf '\\033[38;2;0;120;0mgreen\\033[31mred\\033[0m <b id=evil>\\n'; ip -br address show eth0\n",
    )
    await screen.getByText('10.0.0.12', { exact: false }).waitFor()
    const green = `[...document.querySelectorAll('.xterm-rows span')].find(({ textContent }) => textContent === 'green')`
    expect(await page.evaluate(`getComputedStyle(${green}).color`)).toBe('rgb(0, 120, 0)')
    expect(await page.locator('#evil').count()).toBe(0)
    await mustBeAccessible(page)
    expect(await smallTexts(page, 17.9)).toEqual([])

    // It goes on while another tab is in front, and Tab is its own: other keys lead out.
    await page.keyboard.press('Control+F6')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Close it')
    await page.getByRole('tab', { name: 'Send' }).click()
    await page.getByRole('tab', { name: 'Shell' }).click()
    await page.locator('.xterm-helper-textarea').focus()
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.keyboard.type('exit 3\n')
    await status.getByText('In b: the shell has ended, with exit code 3').waitFor()
    await mustBeAccessible(page)

    // Another takes its place; what is pasted there waits for a program that waits until what it prints is seen.
    await button(page, 'Open a shell').click()
    await screen.getByText('[small b]#').waitFor()
    await page.locator('.shell select').selectOption('a')
    await button(page, 'Open a shell').click()
    await screen.getByText('[small a]#').waitFor()
    await page.keyboard.type('echo be""gun; cat; echo "a""ll"\n')
    await screen.getByText('begun').waitFor()
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', ('x'.repeat(99) + '\\n').repeat(3000))
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
    })()`)
    await page.keyboard.press('Control+d')
    await screen.getByText('all', { exact: true }).waitFor()
    expect(await status.textContent()).toContain('A shell in a')
    await button(page, 'Close it').click()
    expect(await status.textContent()).toBe('')
    await page.locator('.shell select').selectOption('b')

    // One whose lab is built again has ended, and says so.
    await button(page, 'Open a shell').click()
    await screen.getByText('[small b]#').waitFor()
    await page.getByRole('tab', { name: 'Break' }).click()
    await button(page, 'Mend: build it again').click()
    await page.locator('.done').getByText('small is built again').waitFor()
    await page.getByRole('tab', { name: 'Shell' }).click()
    await status.getByText('In b: the shell has ended').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    expect(faults).toEqual([])
    await page.close()
  })

  test('takes what a lab and its rules say for text', async () => {
    const session = openSession()
    const file = session.file('lab.yaml', hostileLab)
    const { page, faults } = await opened(file, session)
    const comment = '<script id=evil>alert(1)</script>\u001b[31m\u202e'
    const rule = ['iptables', '-A', 'FORWARD', '-m', 'comment', '--comment', comment, '-j', 'LOG']
    await session.netlab('exec', '--', ...rule, '--log-prefix', '<b id=evil>\u202e')
    await page.getByText(`<img src=x id=evil onerror=alert(1)> & 'so'`).first().waitFor()
    await page.getByRole('tab', { name: 'Rules' }).click()
    await page.locator('.state').getByText('1 rule too many').waitFor()
    await page.locator('.tree button', { hasText: '→ LOG' }).hover()
    await page
      .locator('.explained')
      .getByText('-A FORWARD -j LOG --log-prefix "<b id=evil><U+202E>"')
      .waitFor()
    const told = await page.locator('body').textContent()
    expect(await page.locator('#evil').count()).toBe(0)
    for (const character of ['\u001b', '\u202e']) expect(told).not.toContain(character)
    // What is not shown to the letter can be deleted all the same.
    await button(page, 'Delete this rule').click()
    await page.getByText('✔ nothing is off').waitFor()
    expect(faults).toEqual([])
    await page.close()
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labsFolder, openSession, type Session } from '../labs/cli.ts'
import { key, Terminal } from './lesson-terminal.ts'
import { broken, endless, short } from './lessons.ts'

/** The transcript without what differs from run to run. */
function transcript(session: Session): string {
  return readFileSync(join(session.folder, 'lesson.md'), 'utf8').replace(/\d{4}-\d\d-\d\d/, 'DATE')
}

describe('walk --yes', () => {
  it('goes through all steps without stopping or a terminal, and takes the lab down', async () => {
    const session = openSession()
    const { code, stdout, stderr } = await session.netlab('walk', session.file('short.yaml', short), '--yes')
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('── 5/5  A mark ─')
    expect(stdout).toContain('$ ip netns add mark\n')
    expect(stdout).toMatch(/walked to its end.*all as expected\nshort is down.*nothing is left\n$/)
    expect(session.leftFiles()).toEqual([])
  })

  it('ends with 1 where a step failed, after all the others', async () => {
    const session = openSession()
    const { code, stdout } = await session.netlab('walk', session.file('broken.yaml', broken), '--yes')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /2 steps failed\n✘ step 3 {2}A wrong command\n✘ step 4 {2}A wrong check\nbroken is down/,
    )
    expect(session.leftFiles()).toEqual([])
  })

  it('leaves the lab up with --keep, under another name with --name', async () => {
    const session = openSession()
    const argv = ['walk', session.file('short.yaml', short), '--yes', '--keep', '--name', 'mine']
    expect((await session.netlab(...argv)).stdout).toContain('mine is up.\nTry:  netlab verify ')
    expect(await session.netlab('verify', 'mine', '--requests', '60')).toMatchObject({ code: 0 })
  })

  it('refuses --keep together with --down', async () => {
    const { code, stderr } = await openSession().netlab('walk', 'two-pods', '--yes', '--keep', '--down')
    expect(code).toBe(2)
    expect(stderr).toContain("'--down' cannot be used with option '--keep'")
  })
})

it('walk without a terminal says to use --yes', async () => {
  const session = openSession()
  const { code, stdout, stderr } = await session.netlab('walk', 'two-pods')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('netlab walk two-pods --yes')
  expect(session.leftFiles()).toEqual([])
})

describe('walk --record', () => {
  it('writes a lesson that reads on its own', async () => {
    const session = openSession()
    const lab = join(labsFolder, 'two-pods.yaml')
    const { code } = await session.netlab('walk', lab, '--yes', '--record', 'lesson.md')
    expect(code).toBe(0)
    await expect(transcript(session)).toMatchFileSnapshot('../golden/walk/two-pods.md')
  })

  it('has pictures of the lab and of requests beside it', async () => {
    const session = openSession()
    const lab = join(labsFolder, 'two-pods.yaml')
    await session.netlab('walk', lab, '--yes', '--record', 'lesson.md')
    const folder = join(session.folder, 'lesson-pictures')
    expect(readdirSync(folder)).toEqual(['lab.svg', 'step-3-trace.svg', 'step-4-trace.svg'])
    const picture = readFileSync(join(folder, 'step-4-trace.svg'), 'utf8')
    expect(picture).toMatch(/^<svg [\s\S]*>b answers with status 200|✔ b answers with status 200/)
  })

  it('is one page that asks for nothing from elsewhere where its name ends with .html', async () => {
    const session = openSession()
    const lab = join(labsFolder, 'two-pods.yaml')
    const { code } = await session.netlab('walk', lab, '--yes', '--record', 'lesson.html')
    expect(code).toBe(0)
    const page = readFileSync(join(session.folder, 'lesson.html'), 'utf8')
    expect(page.match(/<svg /g)).toHaveLength(3)
    expect(page).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'\"")
    expect(page).not.toMatch(/<script|<img|<link|href=|src=|url\(|@import/)
    expect(existsSync(join(session.folder, 'lesson-pictures'))).toBe(false)
  })

  it('says so where a step failed', async () => {
    const session = openSession()
    await session.netlab('walk', session.file('broken.yaml', broken), '--yes', '--record', 'lesson.md')
    await expect(transcript(session)).toMatchFileSnapshot('../golden/walk/broken.md')
  })

  it('does not overwrite a file unless told so, and says that before the lesson', async () => {
    const session = openSession()
    const lab = session.file('short.yaml', short)
    session.file('lesson.md', 'mine')
    const { code, stdout, stderr } = await session.netlab('walk', lab, '--yes', '--record', 'lesson.md')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('lesson.md is there already')
    expect(transcript(session)).toBe('mine')
    await session.netlab('walk', lab, '--yes', '--record', 'lesson.md', '--force')
    expect(transcript(session)).toContain('# A short lesson')
    const nowhere = await session.netlab('walk', lab, '--yes', '--record', 'no/such/folder.md')
    expect(nowhere).toMatchObject({ code: 2, stdout: '' })
  })

  it('writes down what was walked where the lesson is broken off, and that a shell was open', async () => {
    const session = openSession()
    const argv = ['walk', session.file('endless.yaml', endless), '--record', 'lesson.md']
    const terminal = new Terminal(session, argv)
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', 's')
    await terminal.until('[endless host]# ')
    terminal.type('exit\r')
    await terminal.press('Enter go on', key.enter)
    await terminal.until('── 2/3')
    await terminal.press('Enter run', key.ctrlC)
    expect(await terminal.ended()).toEqual({ code: 130, restored: true })
    expect(transcript(session)).toContain('DATE: broken off after 1 of 3 steps.')
    expect(transcript(session)).toContain('a shell was opened')
    expect(session.leftFiles()).toEqual([])
  })
})

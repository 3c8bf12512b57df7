import { describe, expect, it } from 'vitest'
import { openTerminal } from '../../src/view/terminal.ts'
import { FakeStream } from './fixtures.ts'

describe('what is written', () => {
  const written = (way: 'write' | 'pass', text: string, isTTY: boolean) => {
    const stream = new FakeStream(isTTY)
    openTerminal({ out: stream, err: stream, env: {} }).out[way](text)
    return stream.text
  }

  it('for people has no control character, to a file neither, but our colours on a terminal', () => {
    const text = '\u001b[31mred\u001b[39m\u001b[2J\u001b[8m\r\u0007\tx\n'
    expect(written('write', text, true)).toBe('\u001b[31mred\u001b[39m␛[2J␛[8m␍␇\tx\n')
    expect(written('write', text, false)).toBe('␛[31mred␛[39m␛[2J␛[8m␍␇\tx\n')
  })

  it('for programs is the same to the byte, and on a terminal visible', () => {
    const text = '\u001b[31mred\r\n\u009b2J\n'
    expect(written('pass', text, false)).toBe(text)
    expect(written('pass', text, true)).toBe('␛[31mred\n<U+009B>2J\n')
  })
})

describe('what a terminal is taken for', () => {
  function open(env: NodeJS.ProcessEnv, isTTY = true) {
    const stream = new FakeStream(isTTY, 44)
    return openTerminal({ out: stream, err: stream, env }).out
  }

  it('has colours on a terminal only', () => {
    expect(open({}).color.level).toBe(1)
    expect(open({}, false).color.level).toBe(0)
  })

  it('heeds NO_COLOR, and FORCE_COLOR before it', () => {
    expect(open({ NO_COLOR: '1' }).color.level).toBe(0)
    expect(open({ NO_COLOR: '' }).color.level).toBe(1)
    expect(open({ FORCE_COLOR: '1' }, false).color.level).toBe(1)
    expect(open({ FORCE_COLOR: '3', NO_COLOR: '1' }, false).color.level).toBe(3)
    expect(open({ FORCE_COLOR: '0' }).color.level).toBe(0)
  })

  it('is as wide as its window, and 80 columns where there is none', () => {
    expect(open({}).width).toBe(44)
    expect(open({}, false).width).toBe(80)
    expect(open({ COLUMNS: '100' }, false).width).toBe(100)
    expect(open({ COLUMNS: '3' }, false).width).toBe(20)
  })

  it('draws over lines neither in CI nor on a dumb terminal', () => {
    expect(open({}).interactive).toBe(true)
    expect(open({ CI: 'true' }).interactive).toBe(false)
    expect(open({ TERM: 'dumb' }).interactive).toBe(false)
    expect(open({}, false).interactive).toBe(false)
  })
})

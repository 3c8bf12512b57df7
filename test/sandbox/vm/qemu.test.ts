import { describe, expect, it } from 'vitest'
import { qemuArgv } from '../../../src/sandbox/vm/qemu.ts'

const argv = (disposable: boolean) => qemuArgv({ memory: 2048, disposable })

describe("a lab's virtual machine", () => {
  it('has no network and no disk', () => {
    const said = argv(true).join(' ')
    expect(said).toContain('-nic none')
    expect(said).toContain('-nodefaults')
    expect(said).not.toMatch(/-(?:drive|netdev|hda|virtfs)\b/)
  })

  it('may start no program of this machine', () => {
    expect(argv(true)[argv(true).indexOf('-sandbox') + 1]).toMatch(/^on,.*spawn=deny/)
  })

  it('says that it is thrown away only where it is', () => {
    const words = (disposable: boolean) => argv(disposable).at(-1)?.split(' ')
    expect(words(true)).toContain('netlab.disposable')
    expect(words(false)).not.toContain('netlab.disposable')
  })
})

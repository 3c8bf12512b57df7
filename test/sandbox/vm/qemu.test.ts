import { describe, expect, it } from 'vitest'
import { qemuArgv } from '../../../src/sandbox/vm/qemu.ts'
import { mustHaveQemu } from '../../../src/sandbox/vm/vm.ts'

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

describe.runIf(process.arch === 'x64')('a machine', () => {
  it.each(['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'])('runs others with QEMU and %s', shares => {
    expect(() => mustHaveQemu(program => ['qemu-system-x86_64', shares].includes(program))).not.toThrow()
  })

  it.each([
    ['qemu-system-x86_64', 'qemu-system-x86'],
    ['virtiofsd', 'virtiofsd'],
  ])('that lacks %s is told how to get it', (name, debian) => {
    expect(() => mustHaveQemu(program => !program.endsWith(name))).toThrow(
      expect.objectContaining({
        message: `this machine lacks ${name}`,
        fix: expect.stringMatching(`^sudo apt-get install .* ${debian}$`),
        exitCode: 3,
      }),
    )
  })
})

import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { PluginCall } from '../../src/command/command.ts'
import { pluginComplaint, pluginScript } from '../../src/run/plugin-run.ts'

const add: PluginCall = { verb: 'ADD', program: '/usr/lib/cni/bridge', pod: 'a', expects: '10.0.0.2/24' }
const version: PluginCall = { verb: 'VERSION', program: '/usr/lib/cni/ptp', expects: '1.0.0' }
const result = (...addresses: string[]) =>
  JSON.stringify({ cniVersion: '1.0.0', ips: addresses.map(address => ({ address })) })

describe('what is told of a plugin', () => {
  it('is its error object, field by field', () => {
    const error = { cniVersion: '1.0.0', code: 7, msg: 'no such bridge', details: 'cni7' }
    expect(pluginComplaint(add, JSON.stringify(error), 1)).toBe(
      'the plugin bridge did not do ADD of a: no such bridge\ncni7\nerror code 7: invalid network configuration',
    )
    expect(pluginComplaint(add, '{"code": 100, "msg": "no"}', 1)).toBe(
      "the plugin bridge did not do ADD of a: no\nerror code 100, one of the plugin's own",
    )
  })

  it('is what it printed, where that is no error object', () => {
    expect(pluginComplaint(add, 'panic: oh\n', 2)).toBe(
      'the plugin bridge did not do ADD of a, and gave no error object:\npanic: oh',
    )
    expect(pluginComplaint(version, '', 127)).toBe(
      'the plugin ptp did not do VERSION, and gave no error object',
    )
  })

  it('is nothing, where it gave the address that the lab says', () => {
    expect(pluginComplaint(add, result('10.0.0.2/24'), 0)).toBeUndefined()
    expect(pluginComplaint({ verb: 'DEL', program: '/usr/lib/cni/ptp', pod: 'a' }, '', 0)).toBeUndefined()
  })

  it('is the address, where it gave another one, or none', () => {
    expect(pluginComplaint(add, result('10.0.0.3/24'), 0)).toContain(
      'a got 10.0.0.3/24, and by the lab it has 10.0.0.2/24',
    )
    expect(pluginComplaint(add, result(), 0)).toContain('a got no address')
    expect(pluginComplaint(add, '{"ips": [null, {"address": 7}]}', 0)).toContain('a got no address')
    expect(pluginComplaint(add, 'hello', 0)).toContain('what it printed is no result:\nhello')
  })

  it("is what it speaks, where that is not the conflist's version", () => {
    expect(pluginComplaint(version, '{"supportedVersions": ["0.4.0", "1.0.0"]}', 0)).toBeUndefined()
    expect(pluginComplaint(version, '{"supportedVersions": ["0.3.1", "0.4.0"]}', 0)).toBe(
      "the plugin ptp does not speak CNI 1.0.0, the conflist's cniVersion; it speaks 0.3.1, 0.4.0",
    )
  })
})

it('a script keeps what the plugin prints, prints it, and ends as it ends', () => {
  const run = (program: string) =>
    spawnSync(
      'sh',
      [
        '-c',
        `file=$(mktemp); trap 'rm -f "$file"' EXIT; sed "s,FILE,$file," | sh -s; code=$?; echo; cat "$file"; exit $code`,
      ],
      {
        input: pluginScript({
          ...{ argv: ['sh', '-c', program], in: 'host', input: '{"a": "$b `c` \\\\d"}\n', output: 'FILE' },
          plugin: add,
        }),
        encoding: 'utf8',
      },
    )
  expect(run('cat')).toMatchObject({
    status: 0,
    stdout: '{"a": "$b `c` \\\\d"}\n\n{"a": "$b `c` \\\\d"}\n',
  })
  expect(run('echo no; exit 3')).toMatchObject({ status: 3, stdout: 'no\n\nno\n' })
})

import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Attempt } from '../../src/sandbox/doctor/attempt.ts'
import { ipvsFinding } from '../../src/sandbox/doctor/ipvs.ts'
import {
  kernelParts,
  partFinding,
  ruleCommand,
  ruleFinding,
  ruleParts,
} from '../../src/sandbox/doctor/kernel-parts.ts'
import { limitsFinding } from '../../src/sandbox/doctor/limits.ts'
import { socketLbFinding, stateFolderFinding } from '../../src/sandbox/doctor/own-parts.ts'
import { kernelVersion, nodeVersion, operatingSystem } from '../../src/sandbox/doctor/system.ts'
import { iptablesBackend, type Tool, toolFindings, tools, versionIn } from '../../src/sandbox/doctor/tools.ts'
import { ownProc, type Switches, userNamespaces } from '../../src/sandbox/doctor/user-namespaces.ts'
import { examine, isFit } from '../../src/sandbox/doctor.ts'
import { ownFolder } from '../own-folder.ts'

const works: Attempt = { found: true, ok: true, output: '' }
const absent: Attempt = { found: false, ok: false, output: '' }
const fails = (output: string): Attempt => ({ found: true, ok: false, output })

const linux = { platform: 'linux', kernelRelease: '6.1.0-18-amd64', osRelease: '', nodeVersion: '20.19.0' }

describe('the system', () => {
  test('a Linux is named as it calls itself', () => {
    const osRelease = 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
    expect(operatingSystem({ ...linux, osRelease })).toMatchObject({
      state: 'ok',
      found: 'Debian GNU/Linux 12 (bookworm)',
    })
  })

  test.each([
    ['darwin', 'macOS', 'multipass launch --name netlab'],
    ['win32', 'Windows', 'wsl --install -d Debian'],
  ])('on %s there is one finding, with what to type', async (platform, found, line) => {
    const findings = await examine({ ...linux, platform })
    expect(findings).toEqual([expect.objectContaining({ state: 'missing', found })])
    expect(findings[0]?.fix).toContain(line)
  })

  test.each([
    ['5.10.0-28-amd64', 'missing'],
    ['5.11.0', 'ok'],
    ['6.8.0-31-generic', 'ok'],
    ['4.19.0', 'missing'],
  ])('kernel %s: %s', (kernelRelease, state) => {
    expect(kernelVersion({ ...linux, kernelRelease }).state).toBe(state)
  })

  test.each([
    ['20.18.3', 'missing'],
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
  ])('Node %s: %s', (version, state) => {
    expect(nodeVersion({ ...linux, nodeVersion: version }).state).toBe(state)
  })
})

describe('user namespaces', () => {
  const open: Switches = {
    apparmorRestricts: undefined,
    unprivilegedClone: undefined,
    maxUserNamespaces: '15000',
    seccomp: false,
    container: false,
  }
  const refused = fails('unshare: write failed /proc/self/uid_map: Operation not permitted')

  test('that work are fine, whatever the switches say', () => {
    expect(userNamespaces(works, { ...open, apparmorRestricts: '1' })).toEqual({
      topic: 'user namespaces',
      state: 'ok',
      found: 'work',
    })
  })

  test.each<[string, Partial<Switches>, string]>([
    [
      'AppArmor on Ubuntu',
      { apparmorRestricts: '1' },
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    ],
    ['Debian', { unprivilegedClone: '0' }, 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    ['the limit', { maxUserNamespaces: '0' }, 'sudo sysctl -w user.max_user_namespaces=15000'],
  ])('forbidden by %s: says by what, and how to allow them now and for good', (_, switches, line) => {
    const finding = userNamespaces(refused, { ...open, ...switches })
    expect(finding).toMatchObject({
      state: 'missing',
      found: expect.stringMatching(/^forbidden: [a-z._]+ is [01]$/),
    })
    expect(finding.fix?.[0]).toBe(line)
    expect(finding.fix?.[1]).toMatch(/^echo '.* = \d+' \| sudo tee \/etc\/sysctl\.d\/60-netlab\.conf$/)
  })

  test('forbidden in a container: says how to start it', () => {
    const finding = userNamespaces(fails('unshare: unshare failed: Operation not permitted'), {
      ...open,
      seccomp: true,
    })
    expect(finding).toMatchObject({ state: 'missing', means: expect.stringContaining('container') })
    expect(finding.fix?.[0]).toContain('docker run --security-opt seccomp=unconfined')
  })

  test('refused for no known reason: shows the reason that unshare gave', () => {
    expect(userNamespaces(fails('unshare: unshare failed: Invalid argument'), open)).toMatchObject({
      state: 'missing',
      found: 'unshare: unshare failed: Invalid argument',
    })
  })

  test('a covered /proc is told apart', () => {
    expect(ownProc(fails('unshare: mount /proc failed: Operation not permitted'))).toMatchObject({
      state: 'missing',
      fix: [expect.stringContaining('systempaths=unconfined')],
    })
  })
})

describe('tools', () => {
  test.each([
    ['ip utility, iproute2-6.1.0, libbpf 1.1.2', '6.1.0'],
    ['iptables v1.8.9 (nf_tables)', '1.8.9'],
    ['nftables v1.0.6 (Lester Gooch #5)', '1.0.6'],
    ['conntrack v1.4.7 (conntrack-tools)', '1.4.7'],
    ['curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1', '7.88.1'],
    ['mount from util-linux 2.38.1 (libmount 2.38.1: selinux)', '2.38.1'],
    ['nginx version: nginx/1.22.1', '1.22.1'],
    ['DiG 9.18.49-1~deb12u3-Debian', '9.18.49'],
    ['tcpdump version 4.99.3\nlibpcap version 1.10.3', '4.99.3'],
    ['ip utility, iproute2-ss200127', 'ip utility, iproute2-ss200127'],
  ])('the version in "%s" is %s', (output, version) => {
    expect(versionIn(output)).toBe(version)
  })

  test('iptables tells its backend, where it has the choice', () => {
    expect(iptablesBackend('iptables v1.8.9 (nf_tables)')).toBe('nf_tables')
    expect(iptablesBackend('iptables v1.8.7 (legacy)')).toBe('legacy')
    expect(iptablesBackend('iptables v1.6.1')).toBeUndefined()
  })

  const asked = (missing: readonly string[]): ReadonlyMap<Tool, Attempt> =>
    new Map(
      tools.map(tool => [
        tool,
        missing.includes(tool.name) ? absent : { ...works, output: `${tool.name} 12.3.4` },
      ]),
    )

  test('all needed ones that are missing are mended by one line', () => {
    const findings = toolFindings(asked(['iptables', 'ip6tables', 'conntrack']), true)
    const missing = findings.filter(({ state }) => state === 'missing')
    expect(missing.map(({ topic }) => topic)).toEqual(['iptables', 'ip6tables', 'conntrack'])
    for (const { fix } of missing)
      expect(fix).toEqual(['sudo apt-get install --no-install-recommends iptables conntrack'])
    expect(isFit(findings)).toBe(false)
  })

  test('a missing one that only some labs need is a warning', () => {
    const findings = toolFindings(asked(['nginx', 'dig']), true)
    expect(isFit(findings)).toBe(true)
    expect(findings.find(({ topic }) => topic === 'nginx')).toEqual({
      topic: 'nginx',
      state: 'warning',
      found: 'not found; it is for labs whose pods run nginx',
      fix: [
        'sudo apt-get install --no-install-recommends nginx-light bind9-dnsutils && sudo systemctl disable --now nginx',
      ],
    })
  })

  test('without apt-get the package is named', () => {
    const finding = toolFindings(asked(['curl']), false).find(({ topic }) => topic === 'curl')
    expect(finding).toEqual({
      topic: 'curl',
      state: 'missing',
      found: 'not found',
      means: 'Debian has it in the package curl.',
    })
  })

  test("BusyBox's ip does not do", () => {
    const [ip] = tools
    const output = 'ip: unrecognized option: V\nBusyBox v1.36.1 (2023-07-27) multi-call binary.'
    expect(toolFindings(new Map([[ip!, fails(output)]]), true)[0]).toMatchObject({
      topic: 'ip',
      state: 'missing',
    })
  })

  const curlFinding = (output: string, hasApt = true) => {
    const curl = tools.find(({ name }) => name === 'curl')!
    return toolFindings(new Map([[curl, { ...works, output }]]), hasApt)[0]
  }

  test.each(['curl 7.64.0 (x86_64-pc-linux-gnu) libcurl/7.64.0', 'curl 7.74.0 (x86_64-pc-linux-gnu)'])(
    'that are older than what labs use of them are missing: %s',
    output => {
      expect(curlFinding(output)).toEqual({
        topic: 'curl',
        state: 'missing',
        found: expect.stringMatching(/^7\.\d\d\.0, and 7\.75 or newer is needed$/),
        means: expect.stringContaining('%{exitcode}'),
        fix: ['sudo apt-get install --no-install-recommends curl'],
      })
      expect(curlFinding(output, false)).not.toHaveProperty('fix')
    },
  )

  test.each(['curl 7.75.0', 'curl 7.88.1', 'curl 8.5.0', 'curl 10.0', 'curl of somebody'])(
    'of the least version, newer, or without a version are fine: %s',
    output => {
      expect(curlFinding(output)?.state).toBe('ok')
    },
  )

  test("are those that the set-up installs, but for what only labs of one's own run", () => {
    const ownLabs = ['ping:iputils-ping']
    const script = readFileSync('scripts/debian-packages.sh', 'utf8')
    const words = (name: string) => new RegExp(`^${name}='([^']*)'`, 'm').exec(script)?.[1]?.split(/\s+/)
    const pairs = (list: readonly Tool[]) => list.map(tool => `${tool.name}:${tool.package}`).sort()
    expect(words('tools_needed')?.sort()).toEqual(pairs(tools.filter(tool => tool.onlyFor === undefined)))
    const forSome = ['tools_for_some', 'tools_for_kernels'].flatMap(name => words(name) ?? [])
    expect([...forSome, ...ownLabs].sort()).toEqual(pairs(tools.filter(tool => tool.onlyFor !== undefined)))
  })
})

describe("the kernel's parts", () => {
  test('a module that is not loaded: how to load it, and how to make that last', () => {
    const part = kernelParts.find(({ topic }) => topic === 'br_netfilter')!
    const output =
      'sysctl: cannot stat /proc/sys/net/bridge/bridge-nf-call-iptables: No such file or directory'
    expect(partFinding(part, fails(output))).toEqual({
      topic: 'br_netfilter',
      state: 'missing',
      found: output,
      means: expect.stringContaining('pass iptables by'),
      fix: [
        'sudo modprobe -a br_netfilter',
        "printf '%s\\n' br_netfilter | sudo tee -a /etc/modules-load.d/netlab.conf",
      ],
    })
  })

  test('vxlan is for some labs only', () => {
    const part = kernelParts.find(({ topic }) => topic === 'vxlan links')!
    expect(partFinding(part, fails('RTNETLINK answers: Operation not supported')).state).toBe('warning')
  })

  test('IPVS is for some labs only, and no module mends it', () => {
    const refusal =
      "Can't initialize ipvs: Permission denied (you must be root)\nAre you sure that it is there?"
    expect(ipvsFinding(works)).toMatchObject({ topic: 'IPVS', state: 'ok' })
    const { state, found, fix } = ipvsFinding(fails(refusal))
    expect({ state, found }).toEqual({
      state: 'warning',
      found: "not for labs here: Can't initialize ipvs: Permission denied (you must be root)",
    })
    expect(fix?.[0]).toContain('netlab up ipvs-mode --kernel debian-6.1')
  })

  test('the kinds of rules that are refused are named, with their modules', () => {
    const tried = ruleParts.map(({ name }) =>
      name === 'statistic' || name === 'MASQUERADE'
        ? fails(`Warning: Extension ${name} is not supported`)
        : works,
    )
    expect(ruleFinding(tried)).toMatchObject({
      state: 'missing',
      found: 'refused: statistic, MASQUERADE (Warning: Extension statistic is not supported)',
      fix: [expect.stringContaining('modprobe -a xt_statistic xt_MASQUERADE'), expect.anything()],
    })
    expect(ruleFinding(ruleParts.map(() => works)).state).toBe('ok')
  })

  test('rules are tried in nat unless they say otherwise', () => {
    expect(ruleCommand(['-A', 'OUTPUT']).slice(2)).toEqual(['-t', 'nat', '-A', 'OUTPUT'])
    expect(ruleCommand(['-t', 'filter', '-A', 'OUTPUT']).slice(2)).toEqual(['-t', 'filter', '-A', 'OUTPUT'])
  })
})

describe('the state folder', () => {
  test('may be made later', () => {
    const folder = join(tmpdir(), 'netlab-of-nobody', 'deep')
    expect(stateFolderFinding(folder)).toEqual({ topic: 'state folder', state: 'ok', found: folder })
  })

  test('that cannot be made is told, with another way', () => {
    expect(stateFolderFinding('/etc/passwd/netlab')).toMatchObject({
      state: 'missing',
      found: '/etc/passwd is not a folder of yours to write to',
      fix: ['export NETLAB_STATE_DIR=$HOME/.netlab'],
    })
  })
})

describe('a program in the kernel that finds services', () => {
  test('it needs root of the machine and Linux 5.18, and a lack is told with what helps', () => {
    expect(socketLbFinding(undefined)).toEqual({
      topic: 'eBPF',
      state: 'ok',
      found: 'labs with "proxy: {mode: ebpf}" run here',
    })
    expect(socketLbFinding({ what: 'only root may load one', fix: 'run netlab as root' }).found).toBe(
      'no lab with "proxy: {mode: ebpf}" runs here: it needs a program in the kernel, and only root may load one; run netlab as root',
    )
  })
})

describe('the limits of a lab', () => {
  test('memory is one of them where a cgroup bounds it', () => {
    expect(limitsFinding(['memory', 'processes'])).toEqual({
      topic: 'limits of a lab',
      state: 'ok',
      found: 'processes, files and logs, and memory',
    })
  })

  test('else that is said, and is no problem', () => {
    for (const bounds of [[], ['processes']] as const) {
      expect(limitsFinding(bounds)).toMatchObject({
        state: 'ok',
        found: expect.stringContaining('memory only when the machine runs out of it'),
      })
    }
  })
})

describe('on this machine', () => {
  const seen = [
    '/proc/self/mounts',
    '/proc/net/dev_mcast',
    '/proc/net/route',
    '/proc/sys/net/ipv4/ip_forward',
  ]
  const machine = () => seen.map(path => readFileSync(path, 'utf8'))

  test('nothing that labs need is missing, each topic is told once, and the machine stays as it was', async () => {
    const before = machine()
    const findings = await examine()
    expect(findings.filter(({ state }) => state === 'missing')).toEqual([])
    expect(new Set(findings.map(({ topic }) => topic)).size).toBe(findings.length)
    expect(findings.map(({ topic }) => topic)).toEqual(
      expect.arrayContaining(['kernel', 'user namespaces', 'br_netfilter', 'iptables rules', 'koffi']),
    )
    expect(machine()).toEqual(before)
  })
})

describe('with other programs on the PATH', () => {
  const folder = ownFolder('doctor')
  const program = (name: string, script: string) =>
    writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

  afterAll(() => {
    vi.unstubAllEnvs()
  })

  test('what they say is what is told, and where namespaces are refused nothing is tried in them', async () => {
    await program('unshare', 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1')
    await program('iptables', 'echo "iptables v1.8.7 (legacy)"')
    await program('curl', 'echo "curl 7.64.0 (x86_64-pc-linux-gnu) libcurl/7.64.0"')
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    vi.resetModules()
    const fresh = await import('../../src/sandbox/doctor.ts')
    const findings = await fresh.examine()
    const found = Object.fromEntries(findings.map(finding => [finding.topic, finding]))
    expect(found['user namespaces']?.state).toBe('missing')
    expect(found.iptables?.found).toBe('1.8.7')
    expect(found['iptables backend']?.found).toBe('legacy')
    expect(found.br_netfilter).toBeUndefined()
    expect(found.curl?.found).toBe('7.64.0, and 7.75 or newer is needed')
    expect(fresh.isFit(findings)).toBe(false)
  })

  test('a curl whose output cannot be read is told as too old where it is, with what to type', async () => {
    await program('curl', 'echo "curl 7.64.0 (x86_64-pc-linux-gnu) libcurl/7.64.0"')
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    vi.resetModules()
    const { tooOld } = await import('../../src/sandbox/programs.ts')
    expect(await tooOld('curl')).toMatchObject({
      message: 'curl is too old: this is 7.64.0, and 7.75 or newer is needed',
      fix: expect.stringContaining('sudo apt-get install --no-install-recommends curl\n'),
      exitCode: 3,
    })
    await program('curl', 'echo "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1"')
    expect(await tooOld('curl')).toMatchObject({
      message: 'curl did not say what came of its requests',
      why: expect.stringContaining('7.88.1'),
      exitCode: 1,
    })
  })
})

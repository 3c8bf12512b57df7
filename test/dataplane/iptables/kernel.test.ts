import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { effectKey } from '../../../src/command/iptables-rule.ts'
import { splitRestoreLine } from '../../../src/command/iptables-save.ts'
import { mostBytes } from '../../../src/command/transaction.ts'
import { compileServices } from '../../../src/dataplane/iptables/compile.ts'
import { explainSaved } from '../../../src/dataplane/iptables/explain-saved.ts'
import { restoreText } from '../../../src/dataplane/iptables/restore-text.ts'
import { ruleCommands } from '../../../src/dataplane/iptables/rule-commands.ts'
import type { RuleSet } from '../../../src/dataplane/iptables/rules.ts'
import { savedDifferences } from '../../../src/dataplane/iptables/saved-differences.ts'
import { fullSync, partialSync } from '../../../src/dataplane/iptables/sync.ts'
import { type GoldenCase, goldenInput } from '../golden-input.ts'
import { compile, service, slice, view } from './fixtures.ts'

/** Runs a shell script in user and network namespaces of its own, which end with it: the machine's rules are out of reach. */
function inNamespace(script: string): string {
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--user', '--map-root-user', '--net', 'sh', '-e'],
    { input: script, encoding: 'utf8', env: { ...process.env, XTABLES_LOCKFILE: '/dev/null' } },
  )
  if (status !== 0) throw new Error(stderr)
  return stdout
}

function works(variant: string): boolean {
  try {
    const probe = inNamespace(`iptables-${variant} -t nat -N A; iptables-${variant} -t filter -N A`)
    return probe === ''
  } catch {
    return false
  }
}

const variants = ['nft', 'legacy'].filter(works)

/** Both tables as iptables-save prints them, without times and counters. */
const save = (variant: string) =>
  ['filter', 'nat'].map(table => `iptables-${variant}-save -t ${table} | grep -v '^#'`).join('\n')

const restore = (variant: string, text: string) => `iptables-${variant}-restore --noflush <<'END'\n${text}END`

const quote = (argv: readonly string[]) => argv.map(word => `'${word}'`).join(' ')

const run = (variant: string, commands: readonly (readonly string[])[]) =>
  commands.map(([, ...argv]) => `iptables-${variant} ${quote(argv)}`).join('\n')

const everything = (addresses: string[]) =>
  view(
    [
      service({
        type: 'LoadBalancer',
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30_080 }],
        externalIPs: ['198.51.100.7'],
        loadBalancerIPs: ['198.51.100.9'],
        loadBalancerSourceRanges: ['203.0.113.0/24', '192.0.2.0/24'],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 31_000,
        sessionAffinity: 'ClientIP',
      }),
      service({ name: 'empty', clusterIPs: ['10.96.0.2'] }),
    ],
    [slice(addresses, { ports: [{ name: 'http', protocol: 'TCP', port: 8080 }] })],
    { clusterCIDR: '10.1.0.0/16' },
  )

/** Chains sorted, as iptables-save lists them in the order in which they were made. */
const sorted = (saved: string) => {
  const lines = saved.split('\n')
  return {
    chains: lines.filter(line => line.startsWith(':')).sort(),
    rules: lines.filter(line => !line.startsWith(':')).sort(),
  }
}

const rulesOfAll = ({ nat, filter }: RuleSet) =>
  [nat, filter].flatMap(({ name: table, chains }) =>
    chains.flatMap(({ name: chain, rules }) => rules.map(({ argv }) => ({ table, chain, argv }))),
  )

const argvs = (steps: ReturnType<typeof ruleCommands>) => steps.map(({ argv }) => argv)

describe.skipIf(variants.length === 0)('on the kernel, in a namespace of its own', () => {
  const node = everything(['10.1.0.2', '10.1.0.3', '10.1.0.4'])
  const [few, more] = [compileServices(everything(['10.1.0.2'])), compileServices(node)]
  const jumps = { jumps: true, explain: true }
  const loaded = (variant: string, rules: RuleSet) =>
    inNamespace([restore(variant, restoreText(rules, jumps)), save(variant)].join('\n'))

  it.each(variants)('iptables-%s: single commands leave the same as the restore text', variant => {
    const script = [
      run(variant, argvs(ruleCommands(undefined, few))),
      run(variant, argvs(ruleCommands(few, more))),
      save(variant),
    ]
    expect(sorted(inNamespace(script.join('\n')))).toEqual(sorted(loaded(variant, more)))
  })

  it.each(variants)('iptables-%s: a partial sync leaves the same as a full one', variant => {
    const script = [
      restore(variant, restoreText(more, jumps)),
      restore(variant, partialSync(more, few).text),
      save(variant),
    ]
    expect(sorted(inNamespace(script.join('\n')))).toEqual(sorted(loaded(variant, few)))
  })

  it.each(variants)('iptables-%s: taking all away leaves nothing', variant => {
    const commands = argvs([...ruleCommands(undefined, more), ...ruleCommands(more, undefined)])
    expect(inNamespace([run(variant, commands), save(variant)].join('\n'))).not.toContain('KUBE')
  })

  it.each(variants)(
    'iptables-%s: the kernel has what it was told, and a rule that was taken away is missed',
    variant => {
      const text = loaded(variant, more)
      expect(savedDifferences(node, text)).toMatchObject({ differences: [], served: true })
      // Nobody needs to say which network is the pods'.
      const unsaid = { ...node, settings: { ...node.settings, clusterCIDR: '' } }
      expect(savedDifferences(unsaid, text)).toMatchObject({ differences: [], clusterCIDR: '10.1.0.0/16' })

      const rules = restore(variant, restoreText(more, jumps))
      for (const [index, rule] of rulesOfAll(more).entries()) {
        if (index % 5 !== 0) continue
        const gone = inNamespace(
          [rules, run(variant, [['', '-t', rule.table, '-D', rule.chain, ...rule.argv]]), save(variant)].join(
            '\n',
          ),
        )
        const [difference, ...others] = savedDifferences(node, gone).differences
        // Of two that are alike in a row nobody can tell which is gone, and a chain's last ones move up.
        expect(others.length, gone).toBeLessThan(3)
        expect(difference).toMatchObject({ table: rule.table, chain: rule.chain })
      }
    },
  )

  it.each(variants)(
    'iptables-%s: a rule is explained from the save alone, in the words of who wrote it',
    variant => {
      const text = loaded(variant, more)
      const told = explainSaved(text, 'ipv4', node.settings).split('\n')
      expect(told.filter(line => !line.startsWith('#'))).toEqual(
        text.split('\n').filter(line => !line.startsWith('#')),
      )
      const wanted = new Map(
        [more.nat, more.filter].flatMap(({ name, chains }) =>
          chains.flatMap(chain =>
            chain.rules.map(rule => [`${name} ${chain.name} ${effectKey(rule)}`, rule.explain] as const),
          ),
        ),
      )
      let table = ''
      const words = new Map<string, string>()
      for (const [at, line] of told.entries()) {
        if (line.startsWith('*')) table = line.slice(1)
        const [, chain = '', rest = ''] = /^-A (KUBE-\S+) (.*)$/.exec(line) ?? []
        const argv = splitRestoreLine(rest)
        if (chain !== '')
          words.set(`${table} ${chain} ${effectKey({ argv })}`, told[at - 1]!.replace(/^# /, ''))
      }
      expect(Object.fromEntries(words)).toEqual(Object.fromEntries(wanted))
    },
  )

  const many = (count: number, ...endpoints: string[]) =>
    compile(
      Array.from({ length: count }, (_, at) =>
        service({ name: `svc${at}`, clusterIPs: [`10.96.${at >> 8}.${at & 255}`] }),
      ),
      Array.from({ length: count }, (_, at) => slice(endpoints, { service: `svc${at}` })),
    )
  const chainsOf = ({ filter, nat }: RuleSet) => ({
    filter: filter.chains.map(({ name }) => name),
    nat: nat.chains.map(({ name }) => name),
  })

  it.each(variants)('iptables-%s: many transactions leave the same as one', variant => {
    const [before, after] = [many(20, '10.1.0.1', '10.1.0.2'), many(25, '10.1.0.2', '10.1.0.3', '10.1.0.4')]
    const cut = { chains: chainsOf(before), most: 5_000 }
    const texts = [fullSync(after, cut).text, partialSync(before, after, cut).text]
    for (const text of texts) {
      expect(text.match(/^COMMIT$/gm)?.length).toBeGreaterThan(10)
      const script = [restore(variant, restoreText(before, jumps)), restore(variant, text), save(variant)]
      expect(sorted(inNamespace(script.join('\n')))).toEqual(sorted(loaded(variant, after)))
    }
  })

  it.skipIf(!variants.includes('nft'))(
    'iptables-nft: thousands of rules, which one message cannot take',
    () => {
      const rules = many(1_500, '10.1.0.1', '10.1.0.2')
      expect(() => inNamespace(restore('nft', fullSync(rules).text))).toThrow('Message too long')
      const script = [
        restore('nft', fullSync(rules, { most: mostBytes }).text),
        restore('nft', fullSync(rules, { chains: chainsOf(rules), most: mostBytes }).text),
        `iptables-nft-save | sed -n 's/^-A KUBE.*/rule/p; s/^:KUBE.*/chain/p' | sort | uniq -c`,
      ]
      const chains = [...rules.filter.chains, ...rules.nat.chains]
      const count = chains.flatMap(chain => chain.rules).length
      expect(inNamespace(script.join('\n')).split(/\s+/)).toEqual([
        '',
        `${chains.length}`,
        'chain',
        `${count}`,
        'rule',
        '',
      ])
    },
  )

  it.skipIf(variants.length < 2)('both kinds of iptables print the rules back alike', () => {
    expect(sorted(loaded('nft', more))).toEqual(sorted(loaded('legacy', more)))
  })
})

const folder = join(process.env.NETLAB_KUBE_PROXY_GOLDEN ?? '', 'iptables')
const there = process.env.NETLAB_KUBE_PROXY_GOLDEN !== undefined && existsSync(folder)

describe.skipIf(!there || variants.length === 0)(
  "kube-proxy's own test cases, as iptables-save prints them",
  () => {
    // J1 has the jumps alone; 21 and 22 are what comes after the cases before them, not a whole state.
    const cases = there
      ? readdirSync(folder).filter(file => file.endsWith('.save') && !/^(J1|21|22)-/.test(file))
      : []
    const pairs = variants.flatMap(variant =>
      cases.map(file => [variant, file.replace('.save', '')] as const),
    )

    it.each(pairs)('iptables-%s: %s', (variant, id) => {
      const golden = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')) as GoldenCase
      const text = restoreText(compileServices(goldenInput(golden)))
      const saved = inNamespace([restore(variant, text), save(variant)].join('\n'))
      expect(sorted(saved)).toEqual(sorted(readFileSync(join(folder, `${id}.save`), 'utf8')))
    })
  },
)

it.skipIf(variants.length > 0)('the kernel was not asked: no iptables, or no user namespaces here', () => {})

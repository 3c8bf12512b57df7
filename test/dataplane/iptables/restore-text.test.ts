import { expect, it } from 'vitest'
import { restoreText, toJson } from '../../../src/dataplane/iptables/restore-text.ts'
import { compile, service, slice } from './fixtures.ts'

const rules = compile([service()], [slice(['10.1.0.2'])])

it('the text declares the chains of a table before the rules, and quotes comments with spaces only', () => {
  expect(restoreText(rules).split('*nat\n')[1]).toBe(`:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SVC-N5W5PH5NLY2BP4HG - [0:0]
:KUBE-SEP-QXF2N6JNPGRLU526 - [0:0]
-A KUBE-SERVICES -m comment --comment "shop/cart cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j KUBE-SVC-N5W5PH5NLY2BP4HG
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-SVC-N5W5PH5NLY2BP4HG -m comment --comment "shop/cart -> 10.1.0.2:8080" -j KUBE-SEP-QXF2N6JNPGRLU526
-A KUBE-SEP-QXF2N6JNPGRLU526 -m comment --comment shop/cart -s 10.1.0.2 -j KUBE-MARK-MASQ
-A KUBE-SEP-QXF2N6JNPGRLU526 -m comment --comment shop/cart -m tcp -p tcp -j DNAT --to-destination 10.1.0.2:8080
COMMIT
`)
})

it('every rule can be explained', () => {
  const lines = restoreText(rules, { explain: true, jumps: true }).split('\n')
  const unexplained = lines.filter(
    (line, index) => /^-[AI]/.test(line) && !/^# \w/.test(lines[index - 1] ?? ''),
  )
  expect(unexplained).toEqual([])
  expect(lines).toContain('# 10.96.0.1:80 is the cluster IP of shop/cart')
})

it('jumps are prepended, and where they lead to is declared', () => {
  const none = compile([], [], { localhostNodePorts: false })
  expect(restoreText(none, { jumps: true })).toContain('\n:KUBE-FIREWALL - [0:0]\n')
  expect(restoreText(none)).not.toContain('KUBE-FIREWALL -')
  expect(Object.keys(toJson(none).nat)).not.toContain('POSTROUTING')
})

it('JSON has the argv of each rule, and the jumps in the order in which packets meet them', () => {
  const { filter, nat } = toJson(rules, { jumps: true })
  expect(nat['KUBE-MARK-MASQ']).toEqual([['-j', 'MARK', '--or-mark', '0x4000']])
  expect(filter.INPUT?.map(argv => argv.at(-1))).toEqual([
    'KUBE-FIREWALL',
    'KUBE-PROXY-FIREWALL',
    'KUBE-NODEPORTS',
    'KUBE-EXTERNAL-SERVICES',
  ])
})

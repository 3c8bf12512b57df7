import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chainOf } from '../../src/command/iptables-save.ts'
import { declaredRules } from '../../src/diagnose/declared-rules.ts'
import { carriedOut } from '../../src/plan/carried-out.ts'
import { labAsBuilt, labIn } from '../../src/plan/lab-in-condition.ts'
import { labOf } from '../plan/lab-text.ts'

const text = readFileSync(new URL('ipvs/healthy-ipvs.yaml', import.meta.url), 'utf8')

/** The real servers of the service `web` that a lab in a mode should have, with these endpoints. */
function webOf(endpoints: readonly string[], lab = text): string[] {
  const built = labAsBuilt(labOf(lab))
  const condition = {
    ...built.condition,
    endpoints: { ...built.condition.endpoints, 'default/web': endpoints },
  }
  const { ipvs } = declaredRules(carriedOut(labIn(condition, built.lab)), 'host', 'ipv4')
  return [...(ipvs.servers.get('TCP 10.100.0.1:80')?.realServers.keys() ?? [])]
}

it('what a sync has made is what is declared, virtual servers, sets and addresses', () => {
  expect(webOf(['b', 'c'])).toEqual(['10.0.0.12:8080', '10.0.0.13:8080'])
  expect(webOf(['c'])).toEqual(['10.0.0.13:8080'])
  expect(webOf([])).toEqual([])
  const { ipvs, tables } = declaredRules(carriedOut(labAsBuilt(labOf(text))), 'host', 'ipv4')
  expect([...ipvs.addresses]).toEqual(['10.100.0.1', '10.100.0.2'])
  expect([...(ipvs.sets.get('KUBE-CLUSTER-IP') ?? [])]).toEqual(['10.100.0.1,tcp:80', '10.100.0.2,tcp:80'])
  expect(chainOf(tables, 'nat', 'TCP 10.100.0.1:80').rules).toHaveLength(2)
})

it("what a lab's own commands have changed counts", () => {
  const step = `  - title: By hand
    run:
      - ipvsadm -E -t 10.100.0.1:80 -s sh
      - ip address delete 10.100.0.2/32 dev kube-ipvs0
      - ipset del KUBE-CLUSTER-IP 10.100.0.2,tcp:80
`
  const { ipvs } = declaredRules(carriedOut(labAsBuilt(labOf(text + step))), 'host', 'ipv4')
  expect(ipvs.servers.get('TCP 10.100.0.1:80')?.scheduler).toBe('sh')
  expect([...ipvs.addresses]).toEqual(['10.100.0.1'])
  expect([...(ipvs.sets.get('KUBE-CLUSTER-IP') ?? [])]).toEqual(['10.100.0.1,tcp:80'])
})

it('the steps so far count, and no sync since', () => {
  const running = labAsBuilt(labOf(text))
  const first = declaredRules(carriedOut(running, 1), 'host', 'ipv4')
  expect(first.ipvs.servers.size).toBe(0)
})

import type { Command, Place } from '../command/command.ts'
import { host } from '../command/command.ts'
import { addressWord, parseIp, valueAfter } from '../command/ip-argv.ts'
import { IpsetState } from '../command/ipset-state.ts'
import type { Tables } from '../command/iptables-save.ts'
import { IptablesState } from '../command/iptables-state.ts'
import { IpvsState } from '../command/ipvs-state.ts'
import { NftState } from '../command/nft-state.ts'
import { placed } from '../command/undo.ts'
import { withVirtualServers } from '../dataplane/ipvs-tables.ts'
import { device as ipvsDevice } from '../dataplane/ipvs-words.ts'
import { withNftTable } from '../dataplane/nft-tables.ts'
import { canonical, type Family } from '../model/address.ts'
import { iptablesOf, nftTableOf } from '../model/families.ts'
import type { IpvsFacts } from '../observe/facts.ts'

/** What IPVS mode should have in a place. */
export interface DeclaredIpvs extends IpvsFacts {
  /** Of kube-ipvs0, without their lengths. */
  addresses: ReadonlySet<string>
}

/** The rules that a place should have, of whatever program. */
export interface DeclaredRules {
  tables: Tables
  ipvs: DeclaredIpvs
}

/** A place's rules of one family, as commands leave them. */
export function declaredRules(commands: readonly Command[], place: Place, family: Family): DeclaredRules {
  const iptables = new IptablesState()
  const nft = new NftState(nftTableOf(family))
  const [ipvs, ipset] = [new IpvsState(), new IpsetState()]
  const addresses = new Set<string>()
  for (const command of commands) {
    const { in: at, argv } = placed(command.argv, command.in)
    iptables.note(command.in, command.argv)
    if (at !== place) continue
    if (place === host) nft.note(argv)
    if (argv[0] === 'ipvsadm') ipvs.note(at, argv)
    else if (argv[0] === 'ipset') ipset.note(at, argv)
    else changeAddresses(addresses, argv)
  }
  const table = nftTableOf(family)
  const tables = withNftTable(iptables.tables(place, iptablesOf(family)), nft.table, table)
  const servers = ipvs.servers(place)
  return {
    tables: withVirtualServers(tables, servers, family),
    ipvs: { servers, sets: ipset.sets(place), addresses },
  }
}

function changeAddresses(addresses: Set<string>, argv: readonly string[]): void {
  const ip = parseIp(argv)
  if (ip === undefined) return
  const { object, verb, words } = ip
  if (object === 'link' && verb === 'delete' && words.includes(ipvsDevice)) addresses.clear()
  const cidr = addressWord(words)
  if (object !== 'address' || cidr === undefined || valueAfter(words, 'dev') !== ipvsDevice) return
  const address = canonical(cidr.replace(/\/.*/, ''))
  if (verb === 'delete') addresses.delete(address)
  else if (verb === 'add' || verb === 'replace') addresses.add(address)
}

import type { Command } from '../../../src/command/command.ts'
import { saveArgv } from '../../../src/dataplane/ipvs/kernel-state.ts'
import { SimulatedIptables } from '../iptables/simulated-iptables.ts'

interface RealServer {
  weight: string
  /** As a test has them. */
  connections: number
}

interface Server {
  scheduler: string
  persistent: string
  flags: string
  realServers: Map<string, RealServer>
}

const protocols: Readonly<Record<string, string>> = { '-t': 'TCP', '-u': 'UDP', '--sctp-service': 'SCTP' }

/** kube-ipvs0, sets, virtual servers and rules, and what the programs would do to them: enough to find a command out of order. */
export class SimulatedIpvs {
  readonly iptables = new SimulatedIptables()
  readonly addresses = new Set<string>()
  readonly sets = new Map<string, Set<string>>()
  /** `TCP 10.96.0.1:80` → the server. */
  readonly servers = new Map<string, Server>()
  hasDevice = false

  /** What is printed for a person's shell. */
  script(text: string): void {
    let program = ''
    let input: string[] = []
    for (const line of text.split('\n')) {
      if (line.endsWith("<<'END'") || line.includes("<<'END' | ")) {
        program = line.includes('ipvsadm') ? 'ipvsadm' : line.split(' ')[0]!
        input = []
      } else if (line === 'END') {
        this.#read(program, input)
        program = ''
      } else if (line === '' || line.startsWith('#')) continue
      else if (program !== '') input.push(line)
      else this.run(line.replace(/^.*\|\| /, '').split(' '))
    }
  }

  /** A command of a sync. */
  command({ argv, input = '' }: Command): void {
    const [program = ''] = argv
    const lines = input.split('\n').filter(line => line !== '')
    if (program === 'sh') this.#read('ipvsadm', lines)
    else if (input === '') this.run(argv)
    else this.#read(program, lines)
  }

  #read(program: string, lines: readonly string[]): void {
    if (program.endsWith('-restore')) {
      this.#mustHaveSets(lines.join('\n'))
      this.iptables.restore(lines.join('\n'))
    } else for (const line of lines) this.run([program, ...line.split(' ')])
  }

  /** One command. */
  run(argv: readonly string[]): void {
    const [program = '', ...words] = argv
    if (program === 'sysctl') return
    if (program === 'ip') this.#ip(words)
    else if (program === 'ipset') this.#ipset(words)
    else if (program === 'ipvsadm') this.#ipvsadm(words)
    else {
      this.#mustHaveSets(words.join(' '))
      this.iptables.run(argv)
    }
  }

  #mustHaveSets(text: string): void {
    for (const [, name = ''] of text.matchAll(/--match-set (\S+)/g))
      if (!this.sets.has(name)) throw new Error(`Set ${name} doesn't exist.`)
  }

  #ip([object, verb, word = '', , ...more]: readonly string[]): void {
    if (object === 'link') {
      if (this.hasDevice === (verb === 'add')) throw new Error(`link ${verb} ${word} ${more}`)
      this.hasDevice = verb === 'add'
      if (!this.hasDevice) this.addresses.clear()
      return
    }
    if (!this.hasDevice) throw new Error('Cannot find device "kube-ipvs0"')
    put(this.addresses, verb === 'add', word)
  }

  #ipset([verb, name = '', entry = '']: readonly string[]): void {
    const set = this.sets.get(name)
    if ((set === undefined) !== (verb === 'create')) throw new Error(`ipset ${verb} ${name}`)
    if (verb === 'create') this.sets.set(name, new Set())
    else if (verb === 'destroy') {
      const rules = Object.values(this.iptables.tables).flatMap(table => [...table.values()].flat())
      if (rules.some(rule => rule.includes(`--match-set ${name} `))) throw new Error(`${name} is in use`)
      this.sets.delete(name)
    } else put(set!, verb === 'add', entry)
  }

  #ipvsadm([verb, option = '', address = '', ...words]: readonly string[]): void {
    const key = `${protocols[option]} ${address}`
    const server = this.servers.get(key)
    if ((server === undefined) !== (verb === '-A')) throw new Error(`ipvsadm ${verb} ${key}`)
    const value = (name: string) => words[words.indexOf(name) + 1] ?? ''
    const has = (name: string) => words.includes(name)
    if (verb === '-D') this.servers.delete(key)
    else if (verb === '-A' || verb === '-E')
      this.servers.set(key, {
        scheduler: value('-s'),
        persistent: has('-p') ? value('-p') : '',
        flags: has('-b') ? value('-b') : '',
        realServers: server?.realServers ?? new Map(),
      })
    else this.#realServer(verb ?? '', server!.realServers, value('-r'), value('-w'))
  }

  #realServer(verb: string, all: Map<string, RealServer>, address: string, weight: string): void {
    if (all.has(address) === (verb === '-a')) throw new Error(`ipvsadm ${verb} ${address}`)
    if (verb === '-d') all.delete(address)
    else all.set(address, { connections: 0, ...all.get(address), weight })
  }

  /** What `saveArgv` prints, as the programs print it. */
  listed(): string {
    const family = saveArgv('ipv4')[2]!.includes('iptables-save') ? 'ipv4' : ''
    const tables = Object.entries(this.iptables.tables).flatMap(([name, chains]) => [
      `*${name}`,
      ...[...chains.keys()].map(chain => `:${chain} ${chain.startsWith('KUBE-') ? '-' : 'ACCEPT'} [0:0]`),
      ...[...chains].flatMap(([chain, rules]) => rules.map(rule => `-A ${chain} ${quoted(rule)}`)),
      'COMMIT',
    ])
    const sets = [...this.sets].flatMap(([name, entries]) => [
      `create ${name} hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1`,
      ...[...entries].map(entry => `add ${name} ${entry}`),
    ])
    const servers = [...this.servers].flatMap(([key, { scheduler, persistent, flags, realServers }]) => [
      `${key.replace(' ', '  ')} ${scheduler}${persistent === '' ? '' : ` persistent ${persistent}`}${flags === '' ? '' : ` (${flags})`}`,
      ...[...realServers].map(
        ([address, { weight, connections }]) =>
          `  -> ${address}      Masq    ${weight}      0          ${connections}`,
      ),
    ])
    return [
      ...[`## rules ${family}`, ...tables],
      ...[`## sets ${family}`, ...sets],
      ...[`## links ${family}`, ...(this.hasDevice ? ['7: kube-ipvs0: <BROADCAST,NOARP> mtu 1500'] : [])],
      ...[`## addresses ${family}`, '1: lo    inet 127.0.0.1/8 scope host lo'],
      ...[...this.addresses].map(address => `7: kube-ipvs0    inet ${address} scope global kube-ipvs0`),
      ...[`## servers ${family}`, 'IP Virtual Server version 1.2.1 (size=4096)'],
      ...[
        'Prot LocalAddress:Port Scheduler Flags',
        '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
      ],
      ...servers,
      '',
    ].join('\n')
  }

  /** All of it, to compare. */
  dump(): unknown {
    const sorted = <T>(map: ReadonlyMap<string, T>) => Object.fromEntries([...map].sort())
    return {
      device: this.hasDevice,
      addresses: [...this.addresses].sort(),
      sets: Object.fromEntries([...this.sets].map(([name, entries]) => [name, [...entries].sort()])),
      servers: Object.fromEntries(
        [...this.servers]
          .sort()
          .map(([key, server]) => [key, { ...server, realServers: sorted(server.realServers) }]),
      ),
      iptables: Object.fromEntries(
        Object.entries(this.iptables.tables).map(([name, chains]) => [name, sorted(chains)]),
      ),
    }
  }
}

function put(set: Set<string>, comes: boolean, word: string): void {
  if (set.has(word) === comes) throw new Error(`${comes ? 'add' : 'delete'} ${word}`)
  if (comes) set.add(word)
  else set.delete(word)
}

/** A comment in quotes again. */
function quoted(rule: string): string {
  return rule.replace(/--comment (.*?) (?=-[a-z] )/, '--comment "$1" ')
}

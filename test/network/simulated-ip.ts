import type { Command, Place } from '../../src/command/command.ts'
import { linkName, parseIp, valueAfter } from '../../src/command/ip-argv.ts'
import { routedPairAddress, routedPairGateway } from '../../src/model/machine.ts'

interface Device {
  /** `random 7` where the kernel has chosen. */
  mac: string
  isUp: boolean
  /** The other end of a veth pair. */
  peer?: { place: Place; name: string }
  bridge?: string
  hairpin: boolean
  addresses: Set<string>
  /** Whether it makes itself an IPv6 address when it is set up, and whether it has one. */
  addrGenMode: 'eui64' | 'none'
  linkLocal: boolean
  /** Address → hardware address. */
  permanent: Map<string, string>
  learnt: Map<string, string>
  /** Of a tunnel: hardware address → the machine where it is. */
  forwarding: Map<string, string>
}

interface Namespace {
  devices: Map<string, Device>
  gateway?: string
  /** Range → the words behind it, `via` and `dev`. */
  routes: Map<string, string>
  settings: Map<string, string>
}

/** What `ip` and the commands beside it leave in the kernel and in files; what the kernel would refuse throws. */
export class SimulatedIp {
  readonly places = new Map<Place, Namespace>([
    ['host', { devices: new Map(), routes: new Map(), settings: new Map() }],
  ])
  readonly files = new Map<string, string>()
  #macs = 0

  run(command: Command): void {
    const { argv, in: place, input = '' } = command
    const [program, ...words] = argv
    if (command.container !== undefined || /^iptables(-restore)?$/.test(program ?? '')) return
    const paths = words.filter(word => !word.startsWith('-'))
    if (program === 'ip') this.#ip(argv, place)
    else if (program === 'bridge') this.#forward(words, place)
    else if (program === 'ln') this.files.set(paths.at(-1)!, `to ${paths[0]}`)
    else if (program === 'sysctl') this.#sysctl(words, place)
    else if (program === 'tee') for (const path of paths) this.files.set(path, input)
    else if (program === 'rm') for (const path of paths) this.#remove(path)
    else if (program !== 'mkdir' && program !== 'rmdir') throw new Error(`what is ${argv.join(' ')}?`)
  }

  /** A place, where it is there, has asked for neighbours that it did not know, and was answered by those that are there. */
  learn(place: Place, device: string, addresses: readonly string[]): void {
    const asking = this.places.get(place)?.devices.get(device)
    if (asking === undefined) return
    const owners = this.#owners()
    const { permanent, learnt } = asking
    for (const address of addresses) {
      const found = owners.get(address)
      if (found !== undefined && !permanent.has(address) && !learnt.has(address))
        learnt.set(address, found.mac)
    }
  }

  /** Neighbours whose hardware address is no longer what it is taken for. */
  get mistaken(): string[] {
    const owners = this.#owners()
    // Nobody has it: the node's end of each such pair answers.
    const answered = new Map([[routedPairGateway, routedPairAddress]])
    return [...this.places].flatMap(([place, { devices }]) =>
      [...devices.values()].flatMap(({ permanent, learnt }) =>
        [...permanent, ...learnt]
          .filter(([address, mac]) => (owners.get(address)?.mac ?? answered.get(address)) !== mac)
          .map(([address]) => `${place} takes somebody else for ${address}`),
      ),
    )
  }

  /** All that can be compared; hardware addresses that the kernel chose are `random`. */
  get state(): Record<Place, unknown> & { files: unknown } {
    const places = [...this.places].map(([place, { gateway, devices, routes, settings }]) => {
      const shown = [...devices].map(([name, { learnt: _, ...device }]) => [
        name,
        {
          ...device,
          mac: device.mac.replace(/ .*/, ''),
          addresses: [...device.addresses],
          permanent: Object.fromEntries([...device.permanent].sort()),
          forwarding: Object.fromEntries([...device.forwarding].sort()),
        },
      ])
      const others = {
        routes: Object.fromEntries([...routes].sort()),
        settings: Object.fromEntries(settings),
      }
      return [place, { gateway, devices: Object.fromEntries(shown.sort()), ...others }]
    })
    return { ...Object.fromEntries(places.sort()), files: Object.fromEntries([...this.files].sort()) }
  }

  #ip(argv: readonly string[], place: Place): void {
    const { object = '', verb = '', words = [] } = parseIp(argv) ?? {}
    const run: Record<string, () => void> = {
      'netns add': () => void this.places.set(this.#fresh(words[0]!), this.#newNamespace()),
      'netns delete': () => this.#deleteNamespace(words[0]!),
      'link add': () => this.#addLink(words, place),
      'link delete': () => this.#deleteLink(place, linkName(words)!),
      'link set': () => this.#setLink(words, place),
      'address add': () => this.#add(this.#devOf(words, place).addresses, words[0]!),
      'address delete': () => this.#delete(this.#devOf(words, place).addresses, words[0]!),
      'address flush': () => this.#flushAddresses(words, place),
      'route add': () => this.#addRoute(words, place),
      'route replace': () => this.#replaceRoute(words, place),
      'route delete': () => this.#deleteRoute(words, place),
      'neigh add': () => this.#addNeighbour(words, place),
      'neigh replace': () => this.#replaceNeighbour(words, place),
      'neigh delete': () => this.#delete(this.#devOf(words, place).permanent, words[0]!),
      'neigh flush': () => this.#flushNeighbours(words, place),
    }
    const known = run[`${object} ${verb}`]
    if (known === undefined) throw new Error(`what is ${argv.join(' ')}?`)
    known()
  }

  #addLink(words: readonly string[], place: Place): void {
    const name = linkName(words)!
    const there = this.#namespace(place).devices
    if (there.has(name)) throw new Error(`${name} exists`)
    if (valueAfter(words, 'type') === 'bridge') return void there.set(name, this.#newDevice())
    if (valueAfter(words, 'type') === 'vxlan')
      return void there.set(name, { ...this.#newDevice(), mac: valueAfter(words, 'address')! })
    const end = {
      place: valueAfter(words, 'netns')!,
      name: valueAfter(words.slice(words.indexOf('peer')), 'name')!,
    }
    if (this.#namespace(end.place).devices.has(end.name)) throw new Error(`${end.name} exists`)
    const lladdr = valueAfter(words.slice(0, words.indexOf('type')), 'address')
    const own = this.#newDevice()
    there.set(name, { ...own, mac: lladdr ?? own.mac, peer: end })
    this.#namespace(end.place).devices.set(end.name, { ...this.#newDevice(), peer: { place, name } })
  }

  #setLink(words: readonly string[], place: Place): void {
    const device = this.#device(place, linkName(words)!)
    const [mac, mode, bridge, hairpin] = ['address', 'addrgenmode', 'master', 'hairpin'].map(word =>
      valueAfter(words, word),
    )
    if (mac !== undefined) {
      device.mac = mac
      device.permanent.clear()
      device.learnt.clear()
    }
    if (mode !== undefined) device.addrGenMode = mode as Device['addrGenMode']
    if (bridge !== undefined) {
      this.#device(place, bridge)
      device.bridge = bridge
    }
    if (words.includes('nomaster')) delete device.bridge
    if (hairpin !== undefined) device.hairpin = hairpin === 'on'
    if (words.includes('up')) {
      device.isUp = true
      device.linkLocal ||= device.peer !== undefined && device.addrGenMode === 'eui64'
    }
    if (words.includes('down')) device.isUp = false
  }

  #sysctl(words: readonly string[], place: Place): void {
    const [setting = '', value = ''] = (words.at(-1) ?? '').split('=')
    // The host's are never changed.
    if (place !== 'host' && !setting.startsWith('net.ipv6.conf'))
      this.#namespace(place).settings.set(setting, value)
    const name = /^net\.ipv6\.conf\.(\w+)\.addr_gen_mode=0$/.exec(words.at(-1) ?? '')?.[1]
    const end = /^net\.ipv4\.(?:conf|neigh)\.(\w+)\.proxy_\w+=\d$/.exec(words.at(-1) ?? '')?.[1]
    if (end !== undefined) this.#device(place, end)
    if (name === undefined) return
    const device = this.#device(place, name)
    if (device.addrGenMode === 'none') device.linkLocal = device.isUp
    device.addrGenMode = 'eui64'
  }

  #flushAddresses(words: readonly string[], place: Place): void {
    if (valueAfter(words, 'to') !== 'fe80::/64') throw new Error('only the link-local address may go')
    this.#devOf(words, place).linkLocal = false
  }

  #addRoute(words: readonly string[], place: Place): void {
    const namespace = this.#namespace(place)
    const [range = '', ...way] = words
    const via = valueAfter(words, 'via')
    if (via === undefined) {
      if (namespace.routes.has(range) || !this.#devOf(words, place).isUp)
        throw new Error(`no route to ${range}`)
      return void namespace.routes.set(range, way.join(' '))
    }
    if (range !== 'default') {
      this.#mustBeNear(namespace, words)
      if (namespace.routes.has(range)) throw new Error(`there is a route to ${range} in ${place}`)
      return void namespace.routes.set(range, way.join(' '))
    }
    const isNear = [...namespace.devices.values()].some(
      ({ isUp, addresses }) =>
        isUp && [...addresses].some(each => each.split('.', 3).join() === via.split('.', 3).join()),
    )
    if (namespace.gateway !== undefined || !(isNear || namespace.routes.has(via)))
      throw new Error(`no route via ${via} in ${place}`)
    namespace.gateway = via
  }

  #mustBeNear({ devices }: Namespace, words: readonly string[]): void {
    const via = valueAfter(words, 'via')!
    const net = via.split('.', 3).join()
    const isNear = [...devices.values()].some(
      ({ isUp, addresses }) => isUp && [...addresses].some(each => each.split('.', 3).join() === net),
    )
    if (!isNear && !words.includes('onlink')) throw new Error(`nobody on a link is ${via}`)
  }

  #replaceRoute(words: readonly string[], place: Place): void {
    const namespace = this.#namespace(place)
    const [range = '', ...way] = words
    this.#mustBeNear(namespace, words)
    if (range === 'default') namespace.gateway = valueAfter(words, 'via')!
    else namespace.routes.set(range, way.join(' '))
  }

  #forward(words: readonly string[], place: Place): void {
    const [object, verb, mac = ''] = words
    const { forwarding } = this.#devOf(words, place)
    if (object !== 'fdb') throw new Error(`what is bridge ${words.join(' ')}?`)
    if (verb === 'delete') this.#delete(forwarding, mac)
    else if (verb === 'append' && forwarding.has(mac)) throw new Error(`${mac} is there already`)
    else forwarding.set(mac, valueAfter(words, 'dst')!)
  }

  #addNeighbour(words: readonly string[], place: Place): void {
    if (this.#devOf(words, place).permanent.has(words[0]!)) throw new Error(`${words[0]} is there already`)
    this.#replaceNeighbour(words, place)
  }

  #deleteRoute(words: readonly string[], place: Place): void {
    const namespace = this.#namespace(place)
    if (words[0] === 'default' && namespace.gateway !== valueAfter(words, 'via'))
      throw new Error(`no such route in ${place}`)
    if (words[0] === 'default') delete namespace.gateway
    else this.#delete(namespace.routes, words[0]!)
  }

  #replaceNeighbour(words: readonly string[], place: Place): void {
    const device = this.#devOf(words, place)
    device.learnt.delete(words[0]!)
    device.permanent.set(words[0]!, valueAfter(words, 'lladdr')!)
  }

  #flushNeighbours(words: readonly string[], place: Place): void {
    const [to, state, name] = [valueAfter(words, 'to'), valueAfter(words, 'nud'), valueAfter(words, 'dev')]
    const devices =
      name === undefined ? [...this.#namespace(place).devices.values()] : [this.#device(place, name)]
    for (const { permanent, learnt } of devices) {
      const tables = [...(state === 'permanent' ? [] : [learnt]), ...(state === undefined ? [] : [permanent])]
      for (const table of tables) {
        if (to === undefined) table.clear()
        else table.delete(to)
      }
    }
  }

  #deleteNamespace(name: string): void {
    for (const device of [...this.#namespace(name).devices.keys()]) {
      if (device !== 'lo') this.#deleteLink(name, device)
    }
    this.places.delete(name)
  }

  #deleteLink(place: Place, name: string): void {
    const { peer } = this.#device(place, name)
    for (const end of [{ place, name }, ...(peer === undefined ? [] : [peer])]) {
      const namespace = this.#namespace(end.place)
      const { addresses } = this.#device(end.place, end.name)
      const nets = [...addresses].map(each => each.split('.', 3).join('.'))
      if (nets.some(net => namespace.gateway?.startsWith(`${net}.`))) delete namespace.gateway
      for (const [range, way] of namespace.routes) {
        const words = way.split(' ')
        const via = valueAfter(words, 'via')
        const isNear = via !== undefined && nets.some(net => via.startsWith(`${net}.`))
        if (valueAfter(words, 'dev') !== end.name && !isNear) continue
        if (namespace.gateway === range) delete namespace.gateway
        namespace.routes.delete(range)
      }
      for (const setting of [...namespace.settings.keys()])
        if (setting.split('.')[3] === end.name) namespace.settings.delete(setting)
      namespace.devices.delete(end.name)
    }
  }

  #remove(path: string): void {
    for (const file of [...this.files.keys()]) {
      if (file === path || file.startsWith(`${path}/`)) this.files.delete(file)
    }
  }

  /** Address → the device that has it. */
  #owners(): Map<string, Device> {
    const devices = [...this.places.values()].flatMap(namespace => [...namespace.devices.values()])
    return new Map(
      devices.flatMap(device =>
        [...device.addresses].map((each): [string, Device] => [each.replace(/\/.*/, ''), device]),
      ),
    )
  }

  #newDevice(): Device {
    this.#macs += 1
    return {
      mac: `random ${this.#macs}`,
      ...{ isUp: false, hairpin: false, addresses: new Set(), addrGenMode: 'eui64', linkLocal: false },
      ...{ permanent: new Map(), learnt: new Map(), forwarding: new Map() },
    }
  }

  #newNamespace(): Namespace {
    const devices = new Map([['lo', { ...this.#newDevice(), mac: 'none' }]])
    return { devices, routes: new Map(), settings: new Map() }
  }

  #namespace(place: Place): Namespace {
    const found = this.places.get(place)
    if (found === undefined) throw new Error(`there is no namespace ${place}`)
    return found
  }

  #device(place: Place, name: string): Device {
    const found = this.#namespace(place).devices.get(name)
    if (found === undefined) throw new Error(`there is no ${name} in ${place}`)
    return found
  }

  #devOf(words: readonly string[], place: Place): Device {
    return this.#device(place, valueAfter(words, 'dev')!)
  }

  #fresh(name: string): string {
    if (this.places.has(name)) throw new Error(`there is a namespace ${name}`)
    return name
  }

  #add(set: Set<string>, value: string): void {
    if (set.has(value)) throw new Error(`${value} is there already`)
    set.add(value)
  }

  #delete(from: { delete(value: string): boolean }, value: string): void {
    if (!from.delete(value)) throw new Error(`there is no ${value}`)
  }
}

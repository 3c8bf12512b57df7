import { execa } from 'execa'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { NetlabError } from '../../src/errors.ts'
import { LabError } from '../../src/text/problem.ts'
import { bin } from '../labs/cli.ts'
import { manifestFiles, rules } from './rules-verb.ts'

const file = manifestFiles()
afterEach(() => vi.restoreAllMocks())

const service = file(
  'service.yaml',
  `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  clusterIP: 10.96.0.1
  externalTrafficPolicy: Local
  selector: {app: web}
  ports: [{port: 80, targetPort: http, nodePort: 30080}]
`,
)
const deployment = file(
  'deployment.yaml',
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
`,
)

/** What is said of the service where its deployment is not named. */
const lonely = 'default/web has no endpoints: its selector {app: web} matches no pod in namespace default\n'

describe('netlab rules', () => {
  it('prints what kube-proxy would hand to iptables-restore', async () => {
    const { out, notes } = await rules('-f', service, '-f', deployment)
    expect(out).toMatch(/^\*filter\n:KUBE-SERVICES - \[0:0\]\n[\s\S]*COMMIT\n\*nat\n[\s\S]*COMMIT\n$/)
    expect(out).toContain('-j DNAT --to-destination 10.244.0.2:8080\n')
    expect(out).toContain('-j DNAT --to-destination 10.244.0.3:8080\n')
    expect(out).not.toContain('-I INPUT')
    expect(notes).toBe('')
  })

  it('takes the settings of kube-proxy', async () => {
    const { out } = await rules(
      service,
      deployment,
      ...['--pod-cidr', '10.9.0.0/24', '--cluster-cidr', '10.9.0.0/16', '--node-name', 'n1'],
      ...['--node-ip', '192.0.2.1', '--node-ip', '192.0.2.9', '--nodeport-addresses', '192.0.2.0/29'],
      ...['--iptables-localhost-nodeports=false', '--no-random-fully', '--jumps'],
    )
    expect(out).toContain('--dport 80 ! -s 10.9.0.0/16 -j KUBE-MARK-MASQ')
    expect(out).toContain('--to-destination 10.9.0.2:8080')
    expect(out).toMatch(/-d 192\.0\.2\.1 -j KUBE-NODEPORTS\n(?!.*-d 192\.0\.2\.9 -j)/)
    expect(out).toContain('-j MASQUERADE\n')
    expect(out).not.toContain('-A KUBE-FIREWALL')
    expect(out).toContain('-I INPUT 1 -j KUBE-FIREWALL')
  })

  it('explains each rule on request', async () => {
    const { out } = await rules(service, '--explain')
    expect(out).toContain(
      '# refuse at once connections to 10.96.0.1: default/web has no endpoints\n-A KUBE-SERVICES',
    )
  })

  it('gives JSON: tables, chains, rules as argv', async () => {
    const { out } = await rules(service, deployment, '--format', 'json')
    expect(JSON.parse(out).nat['KUBE-MARK-MASQ']).toEqual([['-j', 'MARK', '--or-mark', '0x4000']])
  })

  it('allocates what a Service does not state, and says so before the rules', async () => {
    const text = 'apiVersion: v1\nkind: Service\nmetadata: {name: new}\nspec: {ports: [{port: 80}]}\n'
    const { out, notes } = await rules(file('allocated.yaml', text))
    const [, address = ''] = /^# cluster IP allocated: default\/new (\S+)\n\*filter\n/.exec(out) ?? []
    expect(out).toContain(`"default/new has no endpoints" -m tcp -p tcp -d ${address} --dport 80 -j REJECT`)
    expect(notes).toBe(
      'default/new has no endpoints: it has no selector, and there is no EndpointSlice of it\n',
    )
  })

  it('says which services have no rules, and why', async () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None, selector: {app: db}}\n---\n' +
      'apiVersion: v1\nkind: Service\nmetadata: {name: far}\nspec: {type: ExternalName, externalName: a.example}\n'
    const { out } = await rules(file('headless.yaml', text))
    expect(out).toContain(
      '# no rules: default/db is headless: its name leads to the pods themselves, without a rule\n' +
        '# no rules: default/far is an ExternalName: a name in DNS, and no rule\n',
    )
  })

  it('says where there is no Service at all, and names other kinds once each', async () => {
    const text = ['Secret', 'ConfigMap', 'Secret']
      .map(kind => `apiVersion: v1\nkind: ${kind}\n`)
      .join('---\n')
    const path = file('none.yaml', text)
    const { notes } = await rules(path)
    expect(notes).toBe(
      'left out, since they say nothing about Services and their pods: ConfigMap, 2 Secret\n' +
        `there is no Service in ${path}: what follows is what every node has\n`,
    )
  })

  it('takes folders and patterns', async () => {
    const { out } = await rules('-f', service.replace('service.yaml', '{service,deployment}.yaml'))
    expect(out).toContain('-j DNAT --to-destination 10.244.0.2:8080\n')
    await expect(rules('-f', service.replace('service', 'nothing-*'))).rejects.toThrow('no file matches')
  })

  it('lets no manifest write to the terminal what it likes', async () => {
    const { notes } = await rules(file('odd.yaml', 'apiVersion: v1\nkind: "\\e[31mRed"\n'))
    expect(notes).toContain(': ␛[31mRed\n')
  })

  it('ends quietly where its reader has seen enough', async () => {
    const { stdout, stderr } = await execa(`'${process.execPath}' '${bin}' rules many-services | head -1`, {
      shell: true,
    })
    expect({ stdout, stderr }).toEqual({ stdout: '*filter', stderr: '' })
  })

  it.each([
    ['a wrong network', ['--cluster-cidr', '10.0.0.0'], /10\.0\.0\.0 has no prefix/],
    ['a wrong address', ['--node-ip', '10.0.0.256'], /is not an IP address/],
    ['neither true nor false', ['--iptables-localhost-nodeports', 'no'], /write true or false/],
    ['an unknown family', ['--family', 'ipx'], /ipv4, ipv6/],
  ])('refuses %s', async (_, args, message) => {
    await expect(rules(service, ...args)).rejects.toThrow(message)
  })

  it('tells the mistakes of manifests, and files that are not there, with exit code 2', async () => {
    const wrong = file('wrong.yaml', 'apiVersion: v1\nkind: Service\n')
    await expect(rules(wrong)).rejects.toThrow(LabError)
    await expect(rules('nowhere.yaml')).rejects.toMatchObject({
      message: 'nowhere.yaml cannot be read: there is no such file',
      exitCode: 2,
    })
    await expect(rules()).rejects.toThrow(NetlabError)
  })

  it('takes a template that begins with its braces for manifests, and says what it is', async () => {
    const template = file('chart.yaml', '{{- if .Values.web }}\napiVersion: v1\nkind: Service\n{{- end }}\n')
    await expect(rules(template)).rejects.toMatchObject({
      problems: [{ line: 1, message: expect.stringContaining('a template of a Helm chart') }],
    })
  })
})

describe('netlab rules --mode nftables', () => {
  const mode = ['--mode', 'nftables']

  it('prints a script for nft', async () => {
    const { out, notes } = await rules(service, deployment, ...mode, '--node-ip', '192.0.2.1')
    expect(out).toMatch(/^add table ip kube-proxy \{ comment "rules for kube-proxy" ; \}\n/)
    expect(out).toMatch(/ meta l4proto tcp dnat to 10\.244\.0\.2:8080\n/)
    expect(out).toContain('add element ip kube-proxy nodeport-ips { 192.0.2.1 }\n')
    expect(notes).toBe('')
  })

  it("says where it cannot know the node's IP", async () => {
    const { out, notes } = await rules(service, ...mode)
    expect(out).toContain(
      'services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports',
    )
    expect(notes).toBe(
      `${lonely}node ports are served on every address of the node: in nftables mode kube-proxy serves them on the node's IP alone, which --node-ip says\n`,
    )
    expect((await rules(service, ...mode, '--nodeport-addresses', '0.0.0.0/0')).notes).toBe(lonely)
  })

  it('drops what goes to cluster IPs that nobody has, by an option and by objects', async () => {
    const cidr = file(
      'cidr.yaml',
      'apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: a}\nspec: {cidrs: [10.98.0.0/16, "fd00::/112"]}\n',
    )
    const both = await rules(service, cidr, ...mode, '--service-cidr', '10.96.0.0/16')
    expect(both.out).toContain('ip daddr { 10.96.0.0/16,10.98.0.0/16 } drop')
    const ofLab = await rules('clusterip', ...mode, '--service-cidr', '10.100.0.0/16')
    expect(ofLab.out).toContain('ip daddr { 10.100.0.0/16 } drop')
  })

  it('explains each line on request, and gives JSON', async () => {
    const { out } = await rules('clusterip', ...mode, '--explain')
    expect(out).toContain('# a random number from 0 to 1 chooses the endpoint: 1 in 2 goes to each\nadd rule')
    const json = await rules('-f', 'labs/clusterip.yaml', ...mode, '--format', 'json')
    expect(Object.keys(JSON.parse(json.out).maps['service-ips'].elements)).toEqual([
      '10.100.100.100 . tcp . 8080',
    ])
  })

  it.each([
    [[...mode, '--jumps'], '--jumps is for iptables, ipvs and ebpf mode'],
    [
      [...mode, '--iptables-localhost-nodeports', 'false'],
      '--iptables-localhost-nodeports is for iptables mode',
    ],
    [[...mode, '--no-random-fully'], '--no-random-fully is for iptables, ipvs and ebpf mode'],
    [['--ipvs-scheduler', 'lc'], '--ipvs-scheduler is for ipvs mode'],
    [[...mode, '--ipvs-strict-arp'], '--ipvs-strict-arp is for ipvs mode'],
    [['--mode', 'ipvs', '--ipvs-scheduler', 'fair'], 'Allowed choices are rr'],
    [['--mode', 'userspace'], 'Allowed choices are iptables, nftables, ipvs'],
  ])('has no use for options of another mode: %j', async (args, message) => {
    await expect(rules(service, ...args)).rejects.toThrow(message)
  })
})

describe('netlab rules --mode ipvs', () => {
  it('prints a script that sets all of it up', async () => {
    const scheduler = ['--ipvs-scheduler', 'lc', '--ipvs-strict-arp']
    const { out, notes } = await rules(
      service,
      deployment,
      ...['--mode', 'ipvs', '--node-ip', '192.0.2.1', '--jumps', ...scheduler],
    )
    expect(out).toContain("ip -batch - <<'END'\naddress add 10.96.0.1/32 dev kube-ipvs0\n")
    expect(out).toContain('-A -t 192.0.2.1:30080 -s lc\n-a -t 192.0.2.1:30080 -r 10.244.0.2:8080 -m -w 1\n')
    expect(out).toContain('-I OUTPUT 1 -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n')
    expect(out).toContain('sysctl -w net.ipv4.conf.all.arp_ignore=1\n')
    expect(notes).toBe('')
  })

  it('is for labs, too, and says which node ports it cannot know', async () => {
    expect((await rules('clusterip', '--mode', 'ipvs')).out).toContain(
      '-a -t 10.100.100.100:8080 -r 10.0.0.11:8080 -m -w 1',
    )
    // Both families' parts can run one after the other: they share kube-ipvs0.
    const both = (await rules('dual-stack', '--mode', 'ipvs')).out
    expect(both.match(/^ip link show kube-ipvs0 .*\|\| ip link add kube-ipvs0 type dummy$/gm)).toHaveLength(2)
    expect(both).toMatch(/^# IPv6\n[\s\S]*^ip6tables-restore [\s\S]*^-A -t \[/m)
    const { out, notes } = await rules(service, '--mode', 'ipvs')
    expect(out).not.toContain(':30080')
    expect(notes).toBe(
      `${lonely}node ports are left out: each has a virtual server on each address of the node, which --node-ip says\n`,
    )
  })
})

describe('the rules of a lab', () => {
  it('are those after its last step', async () => {
    const { out } = await rules('clusterip')
    expect(out).toContain('-A KUBE-SVC-KX5O3XY32VPAQDVY')
    expect(out.match(/--to-destination 10\.0\.0\.[12]1:8080/g)).toHaveLength(2)
    expect((await rules('labs/no-endpoints.yaml')).out).toContain('default/ghost has no endpoints')
  })

  it('are made with the settings of the lab, and of it alone', async () => {
    await expect(rules('clusterip', '--masquerade-all')).rejects.toThrow('--masquerade-all is for manifests')
    await expect(rules('clusterip', 'nodeport')).rejects.toThrow(NetlabError)
    await expect(rules('clusterpi')).rejects.toThrow('there is no lab "clusterpi"')
  })
})

describe('rules --diff', () => {
  const node = ['--node-name', 'node', '--node-ip', '192.0.2.1']
  const saved = async (edit: (text: string) => string) => {
    const { out } = await rules(
      '-f',
      service,
      deployment,
      ...node,
      '--cluster-cidr',
      '10.244.0.0/16',
      '--jumps',
    )
    vi.restoreAllMocks()
    const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']
    const declared = builtIn.map(name => `:${name} ACCEPT [0:0]\n`).join('')
    const text = out.replaceAll(/^\*.*\n/gm, `$&${declared}`).replaceAll(/^-I (\S+) 1 /gm, '-A $1 ')
    return file('node.txt', edit(text))
  }
  const diff = async (save: string, ...others: string[]) => {
    const told = await rules('-f', service, deployment, ...node, '--diff', save, ...others)
    const code = process.exitCode
    process.exitCode = undefined
    return { ...told, code }
  }

  it('says that a node has what it should have', async () => {
    const { out, notes, code } = await diff(await saved(text => text))
    expect(code).toBeUndefined()
    expect(out).toMatch(/^✔ The node has the \d+ rules that kube-proxy would write\.\n$/)
    expect(notes).toContain('the node tells pods by the network 10.244.0.0/16: taken as --cluster-cidr')
  })

  it('shows what is off, service by service, and what that means', async () => {
    const save = await saved(text => text.replace(/^-A KUBE-NODEPORTS .*-j KUBE-EXT-\w+\n/m, ''))
    const { out, code } = await diff(save)
    expect(code).toBe(1)
    expect(out.replaceAll(/-\w{16}/g, '-X')).toBe(`default/web
  missing  nat KUBE-NODEPORTS
           -m comment --comment default/web -m tcp -p tcp --dport 30080 -j KUBE-EXT-X
           port 30080 of this node is a node port of default/web; without it
           nobody translates these connections, and mostly they time out

✘ 1 difference from the 38 rules that kube-proxy would write. Where the two were
  taken minutes apart, endpoints may have changed in between.
`)
    const json = JSON.parse((await diff(save, '--format', 'json')).out)
    expect(json).toMatchObject({
      ok: false,
      differences: [{ kind: 'missing', table: 'nat', chain: 'KUBE-NODEPORTS', service: 'default/web' }],
    })
  })

  it.each([
    [['--diff', 'nowhere.txt'], 'nowhere.txt cannot be read'],
    [['-', '--diff', '-'], 'both the manifests and what the node has would come from standard input'],
    [['--diff', service], 'is not what iptables-save prints: it has no table'],
    [
      ['--diff', 'x', '--mode', 'nftables'],
      '--diff compares rules of iptables mode, and not of nftables mode',
    ],
  ])('refuses %j', async (flags, message) => {
    await expect(rules('-f', service, ...flags)).rejects.toThrow(message)
  })

  it('is not for a lab, of which another verb tells it', async () => {
    await expect(rules('clusterip', '--diff', service)).rejects.toThrow('--diff is for manifests')
  })

  it('explains what a node has, without any manifest', async () => {
    const save = await saved(text => text)
    const { out } = await rules('--explain', save)
    expect(out).toContain('\n# port 30080 of this node is a node port of default/web\n-A KUBE-NODEPORTS ')
    expect(out).toContain('\n# 1 in 2 goes to 10.244.0.2:8080\n-A KUBE-SVC-')
    await expect(rules(save)).rejects.toThrow('is what iptables-save prints, and no manifest')
  })

  it('asks where nothing of kube-proxy’s is there', async () => {
    const { notes, code } = await diff(file('other.txt', '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'))
    expect(code).toBe(1)
    expect(notes).toContain("there is no chain of kube-proxy's in what the node has")
  })
})

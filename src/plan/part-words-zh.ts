import type { BuildPart, Lab, ProxyMode } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { isWiredByPlugins } from '../model/pod-link.ts'
import { pinsPods } from '../model/wiring.ts'
import type { PartWords } from './topology.ts'

/** What a step of the topology says in Chinese. */
export const partWordsInChinese: Readonly<Record<BuildPart, (lab: Lab) => PartWords>> = {
  forwarding: ({ sysctls }) => ({
    title: '打开转发',
    why:
      'net.ipv4.ip_forward 是 1 之前，Linux 机器会丢弃一切不是发给自己的包。Kubernetes 节点却必须替 Pod 和外界转发，所以这是第一步。' +
      ('net.ipv6.conf.all.forwarding' in sysctls ? 'IPv6 有自己的开关，net.ipv6.conf.all.forwarding。' : '') +
      (sysctls['net.bridge.bridge-nf-call-iptables'] === '1'
        ? 'net.bridge.bridge-nf-call-iptables 让只经过网桥的包也去见 iptables：Service 离不开它。'
        : ''),
  }),
  network: lab => ({ title: networkTitle(lab), why: networkReasons(lab).join('\n') }),
  overlay: ({ overlay }) => ({
    title: `flannel：${overlay?.backend ?? ''}${overlay?.directRouting ? '，直连路由' : ''}`,
    why: [
      '每个节点上都运行着 flanneld。它为本节点的 Pod 租得整个网络中的一段，写进 /run/flannel/subnet.env，并告诉自己的内核怎样到达其他每个节点的 Pod。',
      overlay?.backend === 'host-gw'
        ? 'host-gw 模式下，路就是一条经过那个节点的路由：什么也不封装，但所有节点必须在同一网段。'
        : 'vxlan 模式下，路通向一个设备 flannel.1，它把整个帧封装进 UDP 包，发给另一个节点。关于每个节点，内核要知道三件事：路由、路由背后的硬件地址（邻居表）、这个硬件地址在哪个节点上（FDB）。',
      ...(overlay?.directRouting
        ? ['有了直连路由，隧道只用于路由器另一侧的节点；同一网段的节点直接走路由。']
        : []),
    ].join('\n'),
  }),
  cni: ({ cni = [] }) => ({
    title: `CNI：${[...new Set(cni.flatMap(({ plugins }) => plugins.map(({ type }) => type)))].join('、')}`,
    why:
      'Pod 的命名空间由容器运行时建好。至于网络，它依次运行另外的程序，即 conflist 里列出的 CNI 插件。要做什么，写在 CNI_COMMAND ' +
      '等环境变量里；配置以 JSON 的形式从标准输入传入。VERSION 问插件会说哪些版本；ADD 建好网卡，并回答建了什么。下一个插件以 prevResult 的形式得到这个回答。',
  }),
  firewall: ({ bridges, nodes }) => ({
    title: '放 Pod 的包过去',
    why:
      'FORWARD 链如果很严格，就必须在两个方向上都放行网桥的包。' +
      (bridges.some(({ masquerade }) => masquerade !== 'never')
        ? `而以 Pod 的地址到外面去的包得不到回答，因为外面没有人知道回来的路：MASQUERADE 把它换成${nodes.length === 0 ? '宿主机' : '节点'}的地址。`
        : ''),
  }),
  servers: lab => {
    const containers = [...lab.pods, ...onNetworks(lab)].flatMap(each => each.containers)
    const others = onNetworks(lab).some(each => each.containers.length > 0)
    const who = lab.pods.length === 0 ? '每台机器' : others ? '每个 Pod 或机器' : '每个 Pod '
    return {
      title: `${containers.length} 个服务器`,
      why:
        `${who}都在自己的网络命名空间里运行程序，所以可以监听同一个端口。netlab 自带的服务器会回答自己的名字和地址，以及它看到的客户端地址。` +
        (lab.pods.some(({ pause }) => pause !== undefined)
          ? '\n持有 Pod 命名空间的是名为 pause 的进程，容器加入到其中；容器退出了，Pod 的网络还在。'
          : ''),
    }
  },
  services: ({ services, firstMode, proxy }) => ({
    title: `kube-proxy 的规则：${services.length > 3 ? `${services.length} 个 Service` : services.map(({ name }) => name).join('、')}`,
    why: `ClusterIP 不属于任何网卡。${ofMode[firstMode ?? proxy.mode]}`,
  }),
}

const ofMode: Readonly<Record<ProxyMode, string>> = {
  iptables: '它只是 kube-proxy 写进 iptables 的规则：包在选路之前，目的地址被换成某个端点的地址。',
  nftables:
    '它只是 kube-proxy 写进 nftables 的规则：一次查表就找到 Service，再把目的地址换成某个端点的地址。',
  ipvs: '它绑定在一个从不启用的网卡 kube-ipvs0 上，由内核的 IPVS 换成某个端点的地址。',
  ebpf: '它由一个 eBPF 程序在套接字上换成某个端点的地址，包还没有产生，地址就已经换好。只有还要给别人用的 Service，旁边才有 kube-proxy 的规则。',
}

function networkTitle({ nodes, pods, machines, networks, bridges }: Lab): string {
  const hasPods = pods.length > 0 || nodes.length + machines.length === 0
  const parts = [
    ...(nodes.length > 0 ? [placed(`${nodes.length} 个节点`, machines.length > 0 ? [] : networks)] : []),
    ...(hasPods ? [placed(`${pods.length} 个 Pod`, nodes.length > 0 ? [] : bridges)] : []),
    ...(machines.length > 0 ? [placed(`${machines.length} 台机器`, networks)] : []),
  ]
  return parts.join('，')
}

/** `6 台机器，网络 lan、dmz` */
function placed(count: string, where: readonly { name: string }[]): string {
  return where.length === 0 ? count : `${count}（${where.map(({ name }) => name).join('、')}）`
}

function networkReasons(lab: Lab): string[] {
  const { nodes, pods, machines } = lab
  const isPlugged = pods.some(({ link }) => link.kind === 'bridge')
  const ofNode = nodes.length > 0 ? '它所在节点' : '宿主机'
  return [
    ...(nodes.length > 0
      ? [
          '节点也是一个网络命名空间，有自己的路由、规则和开关：在数据包看来，就是一台完整的机器。节点之间的网络是一个充当交换机的网桥；宿主机只是这些线路。',
        ]
      : []),
    ...(isPlugged || pods.length + nodes.length + machines.length === 0
      ? [
          `Pod 是一个网络命名空间，一对 veth 是它的网线：一头是里面的 eth0，另一头插在${ofNode}的网桥上。网桥有一个地址，就是 Pod 的网关。`,
        ]
      : []),
    ...(pods.some(isWiredByPlugins)
      ? [
          '要由 CNI 插件接线的 Pod，起初只是一个网络命名空间：一个回环网卡，哪里也去不了。容器运行时就把它建成这样。',
        ]
      : []),
    ...(pods.some(({ link }) => link.kind === 'routed')
      ? [
          '地址是 /32 的 Pod，网络上没有别人：它的网线直接通到节点，不进任何网桥。节点有一条通往这一个地址的路由。Pod 的网关是一个谁也没有的地址：由节点代答（代理 ARP），凡是节点有路可走的地址，它都会代答。',
        ]
      : []),
    ...(pods.some(({ link }) => link.kind === 'macvlan')
      ? [
          'macvlan 让 Pod 在节点网卡所在的网段上有一块自己的网卡：它发的包从那块网卡出去，既不经过节点的路由，也不经过节点的规则。Pod 和它自己的节点之间，什么也过不去。',
        ]
      : []),
    ...(pinsPods(lab)
      ? [
          'Pod 这么多，有两件平时不必做的事。内核在所有命名空间里一共只记 1,024 个邻居，而且五秒之内一个也不忘：所以每个地址都连同硬件地址固定下来。另外，有了 IPv6，每个 Pod 都会向其他所有 Pod 通告自己：addrgenmode none 让它不生成地址。',
        ]
      : []),
    ...(machines.length > 0
      ? [
          nodes.length > 0
            ? '机器也是一个网络命名空间：它不是集群的节点，上面没有 Pod。'
            : '机器是一个网络命名空间，每个网卡是一对 veth，规则、路由和开关都是自己的。网络是一个充当交换机的网桥：网桥没有地址，所以宿主机不参与那里的往来。',
        ]
      : []),
  ]
}

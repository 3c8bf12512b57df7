import {
  created,
  endpointsOf,
  fieldNames,
  labelsOf,
  managed,
  named,
  nodeAddress,
  nodeName,
  nodes,
  portsOf,
  suffix,
  uid,
} from './cluster-facts.mjs'

/** What a cluster of many services puts out, as kubectl prints it with `--show-managed-fields`: the same for the same count. */

/** A list of services, their EndpointSlices, nodes, and the pods of each fiftieth service. */
export function clusterDump(count) {
  const numbers = Array.from({ length: count }, (_, index) => index)
  return {
    apiVersion: 'v1',
    items: [
      ...numbers.map(service),
      ...numbers.map(endpointSlice),
      ...numbers.filter(index => index % 50 === 0).flatMap(podsOf),
      ...Array.from({ length: Math.min(nodes, count) }, (_, index) => node(index)),
    ],
    kind: 'List',
    metadata: { resourceVersion: '' },
  }
}

function service(index) {
  const { name, namespace } = named(index)
  const address = `10.${96 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
  const ports = portsOf(index)
  const isNodePort = index % 20 === 0
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { annotations: {}, labels: labelsOf(index), name, namespace },
          spec: {
            ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number })),
            selector: { app: name },
          },
        })}\n`,
        'prometheus.io/port': '9090',
        'prometheus.io/scrape': 'true',
      },
      creationTimestamp: created,
      labels: labelsOf(index),
      managedFields: [
        managed('kubectl-client-side-apply', {
          'f:metadata': {
            'f:annotations': fieldNames([
              '.',
              'f:kubectl.kubernetes.io/last-applied-configuration',
              'f:prometheus.io/port',
              'f:prometheus.io/scrape',
            ]),
            'f:labels': fieldNames(['.', ...Object.keys(labelsOf(index)).map(key => `f:${key}`)]),
          },
          'f:spec': {
            'f:internalTrafficPolicy': {},
            'f:ports': {
              '.': {},
              ...Object.fromEntries(
                ports.map(({ port, protocol }) => [
                  `k:${JSON.stringify({ port, protocol })}`,
                  fieldNames(['.', 'f:name', 'f:port', 'f:protocol', 'f:targetPort']),
                ]),
              ),
            },
            ...fieldNames(['f:selector', 'f:sessionAffinity', 'f:type']),
          },
        }),
      ],
      name,
      namespace,
      resourceVersion: String(100_000 + index),
      uid: uid(1, index),
    },
    spec: {
      clusterIP: address,
      clusterIPs: [address],
      ...(isNodePort && { externalTrafficPolicy: 'Cluster' }),
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: ports.map((port, at) => ({
        ...port,
        ...(isNodePort && { nodePort: 30_000 + index / 10 + at }),
      })),
      selector: { app: name },
      sessionAffinity: 'None',
      type: isNodePort ? 'NodePort' : 'ClusterIP',
    },
    status: { loadBalancer: {} },
  }
}

function endpointSlice(index) {
  const { name, namespace } = named(index)
  return {
    addressType: 'IPv4',
    apiVersion: 'discovery.k8s.io/v1',
    endpoints: endpointsOf(index).map(({ address, node: host, pod, at }) => ({
      addresses: [address],
      conditions: { ready: at % 17 !== 16, serving: true, terminating: false },
      nodeName: nodeName(host),
      targetRef: { kind: 'Pod', name: pod, namespace, uid: uid(3, index * 16 + at) },
      zone: `zone-${host % 3}`,
    })),
    kind: 'EndpointSlice',
    metadata: {
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': created },
      creationTimestamp: created,
      generateName: `${name}-`,
      generation: 3,
      labels: {
        ...labelsOf(index),
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      managedFields: [
        managed('kube-controller-manager', {
          'f:addressType': {},
          'f:endpoints': {},
          'f:metadata': {
            'f:annotations': fieldNames(['.', 'f:endpoints.kubernetes.io/last-change-trigger-time']),
            'f:generateName': {},
            'f:labels': fieldNames([
              '.',
              ...Object.keys(labelsOf(index)).map(key => `f:${key}`),
              'f:endpointslice.kubernetes.io/managed-by',
              'f:kubernetes.io/service-name',
            ]),
            'f:ownerReferences': { '.': {}, [`k:${JSON.stringify({ uid: uid(1, index) })}`]: {} },
          },
          'f:ports': {},
        }),
      ],
      name: `${name}-${suffix(index)}`,
      namespace,
      ownerReferences: [
        {
          apiVersion: 'v1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'Service',
          name,
          uid: uid(1, index),
        },
      ],
      resourceVersion: String(200_000 + index),
      uid: uid(2, index),
    },
    ports: portsOf(index).map(({ name: port, protocol, targetPort }) => ({
      name: port,
      port: targetPort,
      protocol,
    })),
  }
}

function podsOf(index) {
  const { name, namespace } = named(index)
  return endpointsOf(index).map(({ address, node: host, pod, at }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: created,
      generateName: `${name}-${suffix(index)}-`,
      labels: { ...labelsOf(index), 'pod-template-hash': suffix(index) },
      managedFields: [
        managed('kubelet', {
          'f:status': {
            'f:conditions': Object.fromEntries(
              conditions.map(type => [
                `k:${JSON.stringify({ type })}`,
                fieldNames(['.', 'f:lastProbeTime', 'f:lastTransitionTime', 'f:status', 'f:type']),
              ]),
            ),
            ...fieldNames(['f:containerStatuses', 'f:hostIP', 'f:phase', 'f:podIP', 'f:startTime']),
          },
        }),
      ],
      name: pod,
      namespace,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'ReplicaSet',
          name: `${name}-${suffix(index)}`,
          uid: uid(4, index),
        },
      ],
      resourceVersion: String(300_000 + index),
      uid: uid(3, index * 16 + at),
    },
    spec: {
      containers: [
        {
          image: `registry.example/team/${name}:1.${index % 30}.0`,
          imagePullPolicy: 'IfNotPresent',
          name: 'main',
          ports: portsOf(index).map(({ name: port, protocol, targetPort }) => ({
            containerPort: targetPort,
            name: port,
            protocol,
          })),
          readinessProbe: {
            failureThreshold: 3,
            httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' },
            periodSeconds: 10,
            successThreshold: 1,
            timeoutSeconds: 1,
          },
          resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
        },
      ],
      dnsPolicy: 'ClusterFirst',
      nodeName: nodeName(host),
      restartPolicy: 'Always',
      serviceAccountName: 'default',
    },
    status: {
      conditions: conditions.map(type => ({
        lastProbeTime: null,
        lastTransitionTime: created,
        status: type === 'Ready' && at % 17 === 16 ? 'False' : 'True',
        type,
      })),
      containerStatuses: [
        {
          image: `registry.example/team/${name}:1.${index % 30}.0`,
          name: 'main',
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: created } },
        },
      ],
      hostIP: nodeAddress(host),
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      qosClass: 'Burstable',
      startTime: created,
    },
  }))
}

const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled']

function node(index) {
  const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure']
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      creationTimestamp: created,
      labels: {
        'kubernetes.io/hostname': nodeName(index),
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `zone-${index % 3}`,
      },
      managedFields: [
        managed('kubelet', {
          'f:status': {
            'f:conditions': Object.fromEntries(
              pressures.map(type => [`k:${JSON.stringify({ type })}`, fieldNames(['f:lastHeartbeatTime'])]),
            ),
            'f:images': {},
          },
        }),
      ],
      name: nodeName(index),
      resourceVersion: String(400_000 + index),
      uid: uid(5, index),
    },
    spec: {
      podCIDR: `10.${128 + index}.0.0/16`,
      podCIDRs: [`10.${128 + index}.0.0/16`],
      providerID: `example://${nodeName(index)}`,
    },
    status: {
      addresses: [
        { address: nodeAddress(index), type: 'InternalIP' },
        { address: nodeName(index), type: 'Hostname' },
      ],
      capacity: { cpu: '16', memory: '65806700Ki', pods: '110' },
      conditions: pressures.map(type => ({
        lastHeartbeatTime: created,
        lastTransitionTime: created,
        message: `kubelet has no ${type}: what it looks at is within its bounds, and has been since it was started`,
        reason: `KubeletHasNo${type}`,
        status: 'False',
        type,
      })),
      images: Array.from({ length: 50 }, (_, at) => ({
        names: [
          `registry.example/team/image-${at}@sha256:${uid(6, at).replaceAll('-', '').repeat(2)}`,
          `registry.example/team/image-${at}:1.0.${at}`,
        ],
        sizeBytes: 10_000_000 + at * 123_457,
      })),
      nodeInfo: {
        architecture: 'amd64',
        containerRuntimeVersion: 'containerd://1.7.20',
        kernelVersion: '6.1.0',
        kubeletVersion: 'v1.31.0',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
      },
    },
  }
}

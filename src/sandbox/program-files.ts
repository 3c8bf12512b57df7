import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitCode, NetlabError } from '../errors.ts'

/** What a sandbox has of netlab itself, where it lies on this machine. */
export interface ProgramFiles {
  node: string
  /** The folder of the built bin.js, pod-server.js, kubelet.js, probe.js, pairs.js, netns-cookies.js, measure.js, trace.js, capture.js and without-groups.js. */
  bundle: string
  /** koffi's own folder, and that of the packages that bring its binaries. */
  koffi: string
  binaries: string
}

const ownFolder = dirname(fileURLToPath(import.meta.url))

/** Where netlab's bundle lies, the built bin.js and pod-server.js: here, or, where this runs from its source, in dist. */
export const bundleFolder = existsSync(join(ownFolder, 'bin.js')) ? ownFolder : join(ownFolder, '../../dist')

/** What runs outside of a lab, as real root: the socket load balancer, and the programs that it loads into the kernel. */
export const outsideProgram = {
  socketLb: join(bundleFolder, 'socket-lb.js'),
  socketLbObject: join(bundleFolder, '../bpf/socket-lb.o'),
} as const

/** What a browser gets of netlab, by its name: in-browser.js, what that loads later, and in-browser.css. */
export function browserFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(bundleFolder).filter(name => /^in-browser[\w-]*\.(js|css)$/.test(name))
  return new Map(names.map(name => [name, join(bundleFolder, name)]))
}

/** Throws NetlabError where koffi is not installed. */
export function programFiles(): ProgramFiles {
  const koffi = nearest(bundleFolder, 'node_modules/koffi')
  const binaries = nearest(bundleFolder, 'node_modules/@koromix')
  if (koffi !== undefined)
    return { node: process.execPath, bundle: bundleFolder, koffi, binaries: binaries ?? koffi }
  throw new NetlabError({
    what: 'koffi, a package that netlab cannot do without, is not installed',
    why: "the pods' server enters their network namespaces with it",
    fix: `npm install koffi, in the folder of netlab: ${bundleFolder}`,
    exitCode: exitCode.machineLacks,
  })
}

/** Where Node would find a package: in the nearest node_modules above. */
function nearest(folder: string, path: string): string | undefined {
  if (existsSync(join(folder, path))) return join(folder, path)
  return dirname(folder) === folder ? undefined : nearest(dirname(folder), path)
}

/** Folders of every sandbox. */
export const insideFolder = {
  /** The sockets over which the pods' servers take orders. */
  servers: '/run/netlab/serve',
  /** The socket of netlab's kubelet. */
  kubelet: '/run/netlab/kubelet',
  /** netlab's own programs. */
  bundle: '/run/sandbox/netlab/dist',
  /** What whoever is in there is told of the lab. */
  known: '/run/netlab/lab',
  /** What containers print, as on a node of Kubernetes. */
  logs: '/var/log/pods',
  /** What containers printed before they were started again. */
  previousLogs: '/var/log/pods/previous',
} as const

/** Where netlab's programs stand inside every sandbox. */
export const insideProgram = {
  node: '/run/sandbox/bin/node',
  podServer: '/run/sandbox/netlab/dist/pod-server.js',
  kubelet: '/run/sandbox/netlab/dist/kubelet.js',
  probe: '/run/sandbox/netlab/dist/probe.js',
  pairs: '/run/sandbox/netlab/dist/pairs.js',
  netnsCookies: '/run/sandbox/netlab/dist/netns-cookies.js',
  measure: '/run/sandbox/netlab/dist/measure.js',
  trace: '/run/sandbox/netlab/dist/trace.js',
  capture: '/run/sandbox/netlab/dist/capture.js',
} as const

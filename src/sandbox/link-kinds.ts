import { own } from '../command/own.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { runAtAnyway } from './enter.ts'
import type { Sandbox } from './sandbox.ts'

/** A line of a shell that makes a link of each kind, with the names `netlab1` and `netlab2`, where the kernel has it. */
const making = {
  dummy: 'ip link add name netlab1 type dummy',
  // One without a far end is there already, as tunl0 or gre0, where the kernel has the kind.
  gre: 'ip link add name netlab1 type gre remote 192.0.2.1',
  ipip: 'ip link add name netlab1 type ipip remote 192.0.2.1',
  ipvlan: 'ip link add name netlab2 type veth && ip link add link netlab2 name netlab1 type ipvlan',
  macvlan: 'ip link add name netlab2 type veth && ip link add link netlab2 name netlab1 type macvlan',
  sit: 'ip link add name netlab1 type sit remote 192.0.2.1',
  vrf: 'ip link add name netlab1 type vrf table 10',
  vxlan: 'ip link add name netlab1 type vxlan id 1 dstport 4789 remote 192.0.2.1',
  wireguard: 'ip link add name netlab1 type wireguard',
} as const

/** A kind of links of which it can be tried whether a kernel has it, as `ip link add … type KIND` names it. */
export type LinkKind = keyof typeof making

/** Modules that are not called as their kind is (Linux, drivers/net, net/ipv4). */
const modules: Partial<Readonly<Record<LinkKind, string>>> = { gre: 'ip_gre' }

/** A command that tries a kind in namespaces that are thrown away, and the module that brings it; the kernel loads that by itself where it may. */
export function tryingLink(kind: LinkKind): { argv: readonly string[]; module: string } {
  return { argv: ['sh', '-c', making[kind]], module: own(modules, kind) ?? kind }
}

/** What to type to have a lab on a kernel that has it. */
export function ownKernelLine(lab: string): string {
  return `netlab up ${lab} --kernel debian-6.1   (in a virtual machine)`
}

/**
 * Throws NetlabError where the kernel refuses a kind of links that a lab needs to this sandbox. `lab`: how the lab is named on the
 * command line; `kinds`: each with the step that needs it. Kinds that are not known here are left to their step.
 */
export async function mustHaveLinks(
  sandbox: Sandbox,
  lab: string,
  kinds: ReadonlyMap<string, string>,
): Promise<void> {
  const known = [...kinds].filter(([kind]) => own(making, kind) !== undefined)
  if (known.length === 0) return
  const why = 'the lab makes such links, so it is tried first whether the kernel has them'
  // In network namespaces of their own, inside the sandbox: that is where the lab will ask for them.
  const tries = known.map(
    ([kind]) => `unshare --net -- sh -c '${making[kind as LinkKind]}' || { echo '${kind}' && exit 1; }`,
  )
  const {
    exitCode: code,
    stdout,
    stderr,
  } = await runAtAnyway(sandbox, ['sh', '-c', tries.join('\n')], { why })
  if (code === 0) return
  const kind = stdout.trim()
  const said = (stderr.trim().split('\n').at(-1) ?? '').replace(/^Error: /, '')
  if (!kinds.has(kind) || said.startsWith('unshare:'))
    throw new NetlabError({
      what: 'netlab could not try which links the kernel has',
      why,
      details: stderr.trim(),
      exitCode: exitCode.machineLacks,
    })
  throw new NetlabError({
    what: `the kernel has no ${kind} links for labs here: ${said}`,
    why: `the lab needs them in its step "${kinds.get(kind)}", and not every kernel was built with them`,
    fix: `${ownKernelLine(lab)}\nsudo modprobe ${own(modules, kind) ?? kind}   (if this kernel has it as a module)`,
    exitCode: exitCode.machineLacks,
  })
}

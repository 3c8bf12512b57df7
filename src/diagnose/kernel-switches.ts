import type { Family } from '../model/address.ts'

/** The kernel's switches that decide what becomes of packets; each family has its own. */
export interface KernelSwitches {
  forwards: string
  /** Whether what is only bridged meets the bridge's machine's iptables as well. */
  bridged: string
  /** Whether what comes from a cable may be for a loopback address; IPv6 has none, and never lets it in. */
  localnet?: string
}

/** Their names (ip-sysctl.rst in Linux' documentation). */
export const kernelSwitches: Readonly<Record<Family, KernelSwitches>> = {
  ipv4: {
    forwards: 'net.ipv4.ip_forward',
    bridged: 'net.bridge.bridge-nf-call-iptables',
    localnet: 'net.ipv4.conf.all.route_localnet',
  },
  ipv6: {
    forwards: 'net.ipv6.conf.all.forwarding',
    bridged: 'net.bridge.bridge-nf-call-ip6tables',
  },
}

/** The switches of a device that make the kernel check by which way it would answer; the higher value holds (ip-sysctl, rp_filter). IPv6 has none. */
export function pathFilters(device: string, family: Family): string[] {
  return family === 'ipv4' ? ['all', device].map(name => `net.ipv4.conf.${name}.rp_filter`) : []
}

import type { Refusal } from '../text/problem.ts'

/** Reads the hardware address of an Ethernet interface, `02:00:0a:04:07:16`, and writes it as the kernel does. */
export function readHardwareAddress(text: string): { lladdr: string } | Refusal {
  const octets = text.toLowerCase().split(/[:-]/)
  const lladdr = octets.map(octet => octet.padStart(2, '0')).join(':')
  if (octets.length !== 6 || !octets.every(octet => /^[0-9a-f]{1,2}$/.test(octet))) {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
    const fix = 'write six pairs of 0 to 9 and a to f: 02:00:0a:04:07:16, say'
    return { refusal: `"${shown}" is not a hardware address`, fix }
  }
  if (lladdr !== text.toLowerCase()) {
    return { refusal: `"${text}" is not how a hardware address is written here`, fix: `write ${lladdr}` }
  }
  if (lladdr === '00:00:00:00:00:00') {
    return { refusal: `${lladdr} stands for no hardware address`, fix: 'write 02:00:0a:04:07:16, say' }
  }
  // The lowest bit of the first octet says that it is for a group (IEEE 802).
  if (Number.parseInt(octets[0] ?? '', 16) % 2 === 1) {
    const what = lladdr === 'ff:ff:ff:ff:ff:ff' ? 'everybody' : 'a group'
    return {
      refusal: `${lladdr} is the address of ${what}, not of one interface`,
      fix: `write 02${lladdr.slice(2)}, say`,
    }
  }
  return { lladdr }
}

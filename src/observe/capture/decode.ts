import { createInterface } from 'node:readline'
import { exitCode, NetlabError } from '../../errors.ts'
import { type CapturedPacket, readBlock } from '../../sandbox/capture/pcapng.ts'
import { startProgramAt } from '../../sandbox/enter.ts'
import { mustStillLive } from '../../sandbox/lab-gone.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { StartedProgram } from '../../sandbox/started-program.ts'
import { pcapHeader, pcapRecord } from './pcap.ts'

/** Which packet a line is about. */
export interface DecodedPacket {
  /** Nanoseconds since 1970. */
  at: bigint
  /** `netns_021:eth0` */
  link: string
  isOut: boolean
}

/** A line of tcpdump's. */
export interface DecodedLine {
  /** Left out: the line before goes on. */
  packet?: DecodedPacket
  /** `IP 10.0.0.21.41234 > 10.100.100.100.8080: Flags [S], …` */
  text: string
}

const why = 'tcpdump says in words what is captured'
/** Exit codes of a program that is not there, or cannot be run. */
const notRun: readonly number[] = [126, 127]
/** Numbers before they begin anew: tcpdump takes them for seconds, of which a capture has 32 bits. */
const numbers = 2 ** 32
/** Bytes of Ethernet's header, and its types for IPv4 and IPv6. */
const header = { length: 14, ipv4: 0x0800, ipv6: 0x86dd } as const

/**
 * Packets of pcapng in tcpdump's words, as they come. It prints no names of interfaces, and packets of one kind of link only: so it gets
 * them one after the other with a number for a time, by which each is known again. Throws NetlabError where there is no tcpdump.
 */
export async function* decode(
  sandbox: Sandbox,
  blocks: AsyncIterable<readonly Buffer[]>,
): AsyncGenerator<DecodedLine> {
  const tcpdump = await startProgramAt(sandbox, ['tcpdump', '-l', '-n', '-tt', '-r', '-'])
  const underWay = new Map<number, DecodedPacket>()
  let complaints = ''
  tcpdump.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(0, 4096)
  })
  let failure: unknown
  const fed = feed(tcpdump, blocks, underWay).catch(error => {
    failure = error
    tcpdump.kill()
  })
  const lines = createInterface({ input: tcpdump.stdout })
  // It hears of a stream's end only, and one that is destroyed has none.
  tcpdump.stdout.once('close', () => lines.close())
  try {
    for await (const line of lines) {
      const [, number, text = ''] = /^(\d+)\.\d+ (.*)$/.exec(line) ?? []
      const packet = underWay.get(Number(number))
      underWay.delete(Number(number))
      yield packet === undefined ? { text: line } : { packet, text }
    }
    const code = await tcpdump.ended
    if (failure !== undefined) throw failure
    if (code !== 0) throw await gaveUp(sandbox, code, complaints)
    await fed
  } finally {
    tcpdump.kill()
  }
}

async function feed(
  { stdin, ended }: StartedProgram,
  blocks: AsyncIterable<readonly Buffer[]>,
  underWay: Map<number, DecodedPacket>,
): Promise<void> {
  const links: { name: string; isRaw: boolean }[] = []
  let hasEnded = false
  const end = ended.then(() => {
    hasEnded = true
  })
  stdin.write(pcapHeader('ethernet'))
  let number = 0
  for await (const some of blocks) {
    if (hasEnded) return
    let drained = true
    for (const block of some.map(readBlock)) {
      if (block?.kind === 'interface') links.push({ name: block.name, isRaw: block.type === 'raw' })
      if (block?.kind !== 'packet') continue
      const { name: link = '?', isRaw = false } = links[block.interface] ?? {}
      underWay.set(number, { at: block.at, link, isOut: block.isOut })
      drained = stdin.write(pcapRecord(number, isRaw ? onEthernet(block) : block))
      number = (number + 1) % numbers
    }
    if (!drained) await Promise.race([new Promise(resolve => stdin.once('drain', resolve)), end])
  }
  stdin.end()
}

/** The packet as if its link had Ethernet's header, of zeros. */
function onEthernet({ bytes, length }: Pick<CapturedPacket, 'bytes' | 'length'>) {
  const before = Buffer.alloc(header.length)
  before.writeUInt16BE((bytes[0] ?? 0) >>> 4 === 6 ? header.ipv6 : header.ipv4, header.length - 2)
  return { bytes: Buffer.concat([before, bytes]), length: length + header.length }
}

async function gaveUp(sandbox: Sandbox, code: number, complaints: string): Promise<NetlabError> {
  if (!notRun.includes(code)) await mustStillLive(sandbox, why)
  return new NetlabError({
    what: notRun.includes(code) ? 'tcpdump could not be started' : `tcpdump ended with exit code ${code}`,
    why,
    details: complaints.trim(),
    fix: '-w FILE writes packets without it; netlab doctor says how to install it',
    exitCode: notRun.includes(code) ? exitCode.machineLacks : exitCode.failed,
  })
}

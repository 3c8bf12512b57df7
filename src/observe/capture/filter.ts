import { exitCode, NetlabError } from '../../errors.ts'
import type { LinkFilters } from '../../sandbox/capture/link-filter.ts'
import type { Instruction } from '../../sandbox/filter-program.ts'
import type { ObservedLab } from '../tool.ts'
import { runToolAnyway } from '../tool.ts'
import { pcapHeader } from './pcap.ts'

/**
 * A filter in tcpdump's words, as the kernel takes it (pcap-filter(7)). tcpdump itself makes it, for either kind of link. Throws
 * NetlabError, with what tcpdump says, where it is none.
 */
export async function compileFilter(lab: ObservedLab, words: readonly string[]): Promise<LinkFilters> {
  const onEthernet = await compiled(lab, words, 'ethernet')
  if ('complaint' in onEthernet)
    throw new NetlabError({
      what: `tcpdump does not take this filter: ${words.join(' ')}`,
      details: onEthernet.complaint,
      fix: 'write it as tcpdump has it, for example: netlab capture -- tcp port 80 and host 10.0.0.11',
      exitCode: exitCode.wrongInput,
    })
  const onRaw = await compiled(lab, words, 'raw')
  // Of a header of Ethernet's there is nothing to be asked where there is none.
  return { ethernet: onEthernet.program, raw: 'complaint' in onRaw ? undefined : onRaw.program }
}

async function compiled(
  { sandbox, signal }: ObservedLab,
  words: readonly string[],
  type: 'ethernet' | 'raw',
): Promise<{ program: readonly Instruction[] } | { complaint: string }> {
  // An empty capture of that kind of link says for what the filter is made: tcpdump opens nothing else then.
  const { stdout, stderr, exitCode } = await runToolAnyway(
    sandbox,
    ['tcpdump', '-ddd', '-r', '-', '--', ...words],
    {
      why: 'tcpdump makes a program for the kernel of a filter',
      input: pcapHeader(type),
      ...(signal === undefined ? {} : { signal }),
    },
  )
  const program = exitCode === 0 ? readProgram(stdout) : undefined
  if (program !== undefined) return { program }
  const said = stderr.split('\n').filter(line => line !== '' && !line.startsWith('reading from file'))
  return { complaint: said.join('\n') || `tcpdump ended with exit code ${exitCode}` }
}

/** What `tcpdump -ddd` prints: how many instructions, and each in a line of four numbers. */
export function readProgram(text: string): readonly Instruction[] | undefined {
  const [count = '', ...lines] = text.trimEnd().split('\n')
  const program = lines.map(line => line.split(' ').map(Number))
  const isRight = program.every(numbers => numbers.length === 4 && numbers.every(Number.isInteger))
  if (!isRight || program.length === 0 || program.length !== Number(count)) return undefined
  return program.map(([code = 0, holds = 0, fails = 0, value = 0]) => [code, holds, fails, value])
}

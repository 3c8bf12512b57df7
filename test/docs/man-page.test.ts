import { Command } from 'commander'
import { expect, test } from 'vitest'
import { manPage } from '../../src/cli/man-page.ts'

test('the manual page says of each verb what its help says, whatever roff takes it for', () => {
  const program = new Command('netlab').description('labs: of pods')
  const pod = new Command('pod').description('a pod\'s "programs"').usage('[options] "name"')
  pod.addCommand(new Command('stop').description('end them').argument('<pod>', '.local names'))
  program.addCommand(pod.option('-x, --hex <path>', 'C:\\pods, say'))
  const page = manPage(program, '1.0.0', { FILES: [["'x'", '.hidden']] })
  expect(page.split('\n')).toEqual([
    '.\\" Written by npm run generate.',
    '.TH NETLAB 1 "" "netlab 1.0.0" "User Commands"',
    '.SH NAME',
    'netlab \\- labs',
    '.SH SYNOPSIS',
    '.B netlab',
    '.I verb',
    '[options]',
    '.SH DESCRIPTION',
    'labs: of pods',
    '.SH VERBS',
    '.SS "netlab pod [options] \\(dqname\\(dq"',
    'A pod\'s "programs".',
    '.TP',
    '.B \\-x, \\-\\-hex <path>',
    'C:\\epods, say',
    '.SS "netlab pod stop [options] <pod>"',
    'End them.',
    '.TP',
    '.B pod',
    '\\&.local names',
    '.SH FILES',
    '.TP',
    ".B \\&'x'",
    '\\&.hidden',
    '',
  ])
})

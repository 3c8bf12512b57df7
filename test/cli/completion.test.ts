import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { candidates, type Names } from '../../src/cli/completion/candidates.ts'
import { shellScripts } from '../../src/cli/completion/shell-scripts.ts'
import { completionCommand, machineNames } from '../../src/cli/completion.ts'
import { EarlyStart } from '../../src/cli/early-start.ts'
import { openProgram } from '../../src/cli/program.ts'
import { processId } from '../../src/sandbox/proc.ts'
import { ownFolder } from '../own-folder.ts'
import { labOf } from '../plan/lab-text.ts'

const names: Names = {
  labs: () => ['clusterip', 'two-pods'],
  running: () => ['mine', 'other'],
  places: lab => (lab === 'mine' ? ['host', 'netns_011', 'netns_021'] : ['host', 'client']),
  pods: lab => (lab === 'mine' ? ['netns_011', 'netns_021'] : ['client']),
  files: begun => ['cluster.yaml', 'labs/'].filter(file => file.startsWith(begun)),
}

function program(known: Names = names): Command {
  const root = new Command('netlab').option('-q, --quiet', 'say less').version('1.0.0')
  root
    .command('up')
    .description('build a lab')
    .argument('<lab>')
    .option('--keep', 'leave it')
    .option('--name <name>', 'its name')
  root.command('down').argument('[name]').option('--all', 'all labs')
  root
    .command('plan')
    .argument('<lab>')
    .addOption(new Option('--format <format>', 'how').choices(['text', 'sh', 'json']))
  root.command('validate').argument('<labs...>')
  root.command('exec').argument('[name...]').option('--in <place>', 'where')
  root
    .command('verify')
    .argument('[name]')
    .option('--from <place...>', 'from where')
    .option('--json', 'as JSON')
  root.command('shell').argument('[names...]')
  root.command('kill').argument('<pod>').option('--lab <name>', 'the lab')
  root.command('task').argument('[name]').command('check').argument('[name]')
  root.command('secret', { hidden: true })
  root.addCommand(completionCommand(root, known))
  return root
}

const words = (...line: string[]) => candidates(program(), line, names).map(({ word }) => word)

describe('what may come next', () => {
  test('verbs, without hidden ones', () => {
    expect(words('')).toEqual([
      ...['up', 'down', 'plan', 'validate', 'exec', 'verify', 'shell', 'kill', 'task', 'completion', 'help'],
    ])
    expect(words('va')).toEqual(['validate'])
  })

  test('verbs after an option of the program', () => expect(words('--quiet', 'do')).toEqual(['down']))

  test('options of the verb, the given ones no more', () => {
    expect(words('up', '--')).toEqual(['--keep', '--name', '--help'])
    expect(words('up', '--keep', '--')).toEqual(['--name', '--help'])
  })

  test('labs that ship and lab files', () => {
    expect(words('up', '')).toEqual(['clusterip', 'two-pods', 'cluster.yaml', 'labs/'])
    expect(words('plan', 'clu')).toEqual(['clusterip', 'cluster.yaml'])
    expect(words('validate', 'clusterip', 't')).toEqual(['two-pods'])
  })

  test('no file whose name acts on the terminal, or would be taken for several', () => {
    const odd = {
      ...names,
      labs: () => [],
      files: () => ['a\u001b[2J.yaml', 'a\nb.yaml', 'a\tb.yaml', 'a b.yaml'],
    }
    expect(candidates(program(odd), ['up', 'a'], odd).map(({ word }) => word)).toEqual(['a b.yaml'])
  })

  test('no second lab where one is taken', () => expect(words('up', 'clusterip', '')).toEqual([]))

  test('labs that run', () => expect(words('down', '')).toEqual(['mine', 'other']))

  test('places of the lab that was named, and of the only one', () => {
    expect(words('exec', 'mine', '--in', '')).toEqual(['host', 'netns_011', 'netns_021'])
    expect(words('exec', '--in', 'cl')).toEqual(['client'])
    expect(words('verify', 'mine', '--from', 'n')).toEqual(['netns_011', 'netns_021'])
    expect(words('verify', '--from', '')).toEqual(['host', 'client'])
  })

  test('further places behind --from, until another option begins', () => {
    expect(words('verify', 'mine', '--from', 'host', 'n')).toEqual(['netns_011', 'netns_021'])
    expect(words('verify', 'mine', '--from', 'host', '--')).toEqual(['--from', '--json', '--help'])
    expect(words('verify', '--from', 'host', '--json', '')).toEqual(['mine', 'other'])
  })

  test('a lab or, where it is left out, a place; behind the lab a place of it', () => {
    expect(words('shell', '')).toEqual(['mine', 'other', 'host', 'client'])
    expect(words('shell', 'mine', '')).toEqual(['host', 'netns_011', 'netns_021'])
    expect(words('shell', 'client', '')).toEqual([])
  })

  test('verbs within a verb, and the labs that it takes by itself', () => {
    expect(words('task', '')).toEqual(['check', 'help', 'mine', 'other'])
    expect(words('task', 'check', '')).toEqual(['mine', 'other'])
  })

  test('pods of the lab that --lab names', () => {
    expect(words('kill', '--lab', 'mine', '')).toEqual(['netns_011', 'netns_021'])
  })

  test('choices of an option, with = as bash splits it too', () => {
    expect(words('plan', 'clusterip', '--format', 's')).toEqual(['sh'])
    expect(words('plan', '--format', '=', 'j')).toEqual(['json'])
    expect(words('plan', '--format', '=')).toEqual(['text', 'sh', 'json'])
  })

  test('shells', () => expect(words('completion', '')).toEqual(['bash', 'zsh', 'fish']))

  test('no options behind --', () => {
    expect(words('exec', 'mine', '--', '--')).toEqual([])
    expect(words('exec', '--', '')).toEqual([])
  })

  test('nothing where nothing is known', () => expect(words('nonsense', '')).toEqual([]))
})

describe('bash', () => {
  const folder = ownFolder('completion')

  beforeAll(() => {
    const netlab = `#!/bin/sh
      [ "$1 $2 $3" = 'completion --candidates --' ] || exit 9
      shift 3
      case $* in
        u) printf 'up\\tbuild a lab\\n' ;;
        'up ') printf 'clusterip\\tships\\ntwo pods.yaml\\t\\nlabs/\\t\\n' ;;
        'up --') printf -- '--keep\\tleave it\\n--name\\t\\n' ;;
      esac`
    writeFileSync(join(folder, 'netlab'), netlab, { mode: 0o755 })
  })

  /** Sources the script and completes a line as bash does when Tab is pressed. */
  const complete = (...line: string[]) => {
    const quoted = line.map(word => `'${word}'`).join(' ')
    const script = `${shellScripts.bash}
      compopt() { :; }
      COMP_WORDS=(netlab ${quoted}); COMP_CWORD=${line.length}
      _netlab
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    return execFileSync('bash', ['-euc', script], { env, encoding: 'utf8' }).trim().split('\n')
  }

  test('completes verbs', () => expect(complete('u')).toEqual(['up']))
  test('completes options', () => expect(complete('up', '--')).toEqual(['--keep', '--name']))
  test('quotes a file name with a space', () => {
    expect(complete('up', '')).toEqual(['clusterip', 'two\\ pods.yaml', 'labs/'])
  })
  test('offers nothing, and complains of nothing, where netlab fails', () =>
    expect(complete('x')).toEqual(['']))
})

describe('on this machine', () => {
  const state = ownFolder('completion-state')

  beforeAll(() => {
    const lab = labOf(`name: mine
bridge: {name: br1, address: 10.0.0.1/24}
pods: {netns_011: 10.0.0.11/24}
outside: {client: 192.0.2.10/24}
`)
    // This process lives for as long as the test does.
    const starter = processId(process.pid)
    const known = {
      version: 1,
      ...{ lab: 'mine', file: 'mine.yaml', cwd: '/', since: '2026-01-01T00:00:00Z', stage: 'up' },
      starter,
      sandbox: { holder: starter, init: starter, cgroups: [] },
    }
    mkdirSync(join(state, 'mine'))
    writeFileSync(join(state, 'mine/state.json'), JSON.stringify(known))
    writeFileSync(join(state, 'mine/lab.json'), JSON.stringify({ version: 1, ...lab }))
    writeFileSync(join(state, 'mine/own.lab.yaml'), '')
    vi.stubEnv('NETLAB_STATE_DIR', state)
  })

  afterAll(() => {
    vi.unstubAllEnvs()
  })

  const offered = (...line: string[]) => {
    const root = program(machineNames)
    return candidates(root, line, machineNames).map(({ word }) => word)
  }

  test('a lab that runs, and its pods and outside machines', () => {
    expect(offered('down', '')).toEqual(['mine'])
    expect(offered('exec', '--in', '')).toEqual(['host', 'netns_011', 'client'])
    expect(offered('exec', 'another', '--in', '')).toEqual([])
  })

  test('its places behind exec --in and verify --from, by the options that those really have', async () => {
    const root = await openProgram(new EarlyStart())
    const real = (...line: string[]) => candidates(root, line, machineNames).map(({ word }) => word)
    expect(real('exec', '--in', '')).toEqual(['host', 'netns_011', 'client'])
    expect(real('verify', '--from', '')).toEqual(['host', 'netns_011', 'client'])
    expect(real('verify', 'mine', '--from', 'host', 'cl')).toEqual(['client'])
    expect(real('pod', 'kill', '--lab', 'mine', 'n')).toEqual(['netns_011'])
    expect(real('task', '')).toEqual(['check', 'hint', 'solve', 'mine'])
    expect(real('task', 'hint', '')).toEqual(['mine'])
    expect(real('trace', '')).toEqual(['mine', 'host', 'netns_011', 'client'])
    expect(real('trace', 'mine', 'n')).toEqual(['netns_011'])
    expect(real('logs', 'mine', 'n')).toEqual(['netns_011'])
  })

  test('lab files where the path leads', () => {
    expect(offered('up', `${state}/mine/o`)).toEqual([`${state}/mine/own.lab.yaml`])
    expect(offered('up', `${state}/m`)).toEqual([`${state}/mine/`])
    expect(offered('up', '/no/such/folder/x')).toEqual([])
  })
})

test('an unknown shell is refused with those that there are', () => {
  expect(() => completionCommand(new Command()).parse(['tcsh'], { from: 'user' })).toThrow(
    expect.objectContaining({ fix: 'one of: bash, zsh, fish', exitCode: 2 }),
  )
})

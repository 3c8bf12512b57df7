import { expect, it } from 'vitest'
import { type FailedStep, renderFailure } from '../../src/view/failure.ts'
import { coloured, command, dnatStep, failedCheck, heldCheck, plain, stepResult } from './fixtures.ts'

const base: FailedStep = {
  lab: 'clusterip',
  source: 'labs/clusterip.yaml',
  step: dnatStep,
  index: 3,
  total: 9,
  result: stepResult(3, {
    ok: false,
    failure: {
      command: command('ip route add default via 10.0.0.300', 'netns_011'),
      exitCode: 1,
      stderr: 'Error: inet address is expected rather than "10.0.0.300".\n',
    },
  }),
  now: 'down',
}
const evidence = {
  headline: 'the answer never passes the host: br1 sends it straight back to netns_011',
  lines: ['$ ip route get 10.0.0.11', '10.0.0.11 dev br1 src 10.0.0.1'],
}
const offCheck: FailedStep = {
  ...base,
  now: 'kept',
  result: stepResult(3, { ok: false, checks: [heldCheck, { ...failedCheck, evidence }] }),
}

it('shows a failed command with its reason, its stderr and what to do', () => {
  expect(renderFailure(plain(80), base)).toMatchInlineSnapshot(`
    "✘ step 4 of 9 failed: A virtual IP with one DNAT rule

      A cluster IP belongs to no interface: nothing answers for it. One rule
      rewrites the destination of every packet to it.

      From netns_011 itself it fails, because the answer takes a short cut.

      $ ip -n netns_011 route add default via 10.0.0.300
      exit code 1:
        Error: inet address is expected rather than "10.0.0.300".

    clusterip was taken down; nothing is left.
    Try:  netlab up labs/clusterip.yaml --keep · netlab walk labs/clusterip.yaml
    "
  `)
})

it('shows a check that does not hold with its evidence, and what to do in a lab that is kept', () => {
  expect(renderFailure(plain(80), offCheck)).toMatchInlineSnapshot(`
    "✘ step 4 of 9 failed: A virtual IP with one DNAT rule

      A cluster IP belongs to no interface: nothing answers for it. One rule
      rewrites the destination of every packet to it.

      From netns_011 itself it fails, because the answer takes a short cut.

      curl 10.100.100.100:8080 from netns_011
        expected  netns_011 answers
        observed  timed out after 0.5 s

        the answer never passes the host: br1 sends it straight back to netns_011
          $ ip route get 10.0.0.11
          10.0.0.11 dev br1 src 10.0.0.1

    clusterip is kept as it stands, the steps before this one included.
    Try:  netlab exec clusterip --in netns_011 -- curl 10.100.100.100:8080
          netlab trace clusterip netns_011 10.100.100.100:8080
          netlab shell clusterip · netlab down clusterip
    "
  `)
})

it('folds in 40 columns, but breaks no command', () => {
  expect(renderFailure(plain(40), offCheck)).toMatchInlineSnapshot(`
    "✘ step 4 of 9 failed: A virtual IP with
      one DNAT rule

      A cluster IP belongs to no interface:
      nothing answers for it. One rule
      rewrites the destination of every
      packet to it.

      From netns_011 itself it fails,
      because the answer takes a short cut.

      curl 10.100.100.100:8080 from
        netns_011
        expected  netns_011 answers
        observed  timed out after 0.5 s

        the answer never passes the host:
        br1 sends it straight back to
        netns_011
          $ ip route get 10.0.0.11
          10.0.0.11 dev br1 src 10.0.0.1

    clusterip is kept as it stands, the
    steps before this one included.
    Try:  netlab exec clusterip --in netns_011 -- curl 10.100.100.100:8080
          netlab trace clusterip netns_011 10.100.100.100:8080
          netlab shell clusterip
          netlab down clusterip
    "
  `)
})

it('tells of a command that was killed, or never began', () => {
  const { exitCode: _, ...failure } = base.result.failure!
  const killed = {
    ...base,
    result: { ...base.result, failure: { ...failure, signal: 'SIGKILL', stderr: '' } },
  }
  expect(renderFailure(plain(80), killed)).toContain('  ended by SIGKILL, and it printed no error\n')
  const absent = { ...base, result: { ...base.result, failure: { ...failure, stderr: 'ENOENT' } } }
  expect(renderFailure(plain(80), absent)).toContain('  could not be started:\n    ENOENT\n')
})

it('lets no escape sequence of a server through', () => {
  const nasty = stepResult(3, { ok: false, checks: [{ ...failedCheck, observed: '\u001b[2Jgone' }] })
  expect(renderFailure(plain(80), { ...base, result: nasty })).toContain('observed  ␛[2Jgone\n')
})

it('is red where it failed', () => {
  expect(renderFailure(coloured(80), base).split('\n')[0]).toBe(
    '\u001b[31m✘\u001b[39m \u001b[31mstep 4 of 9 failed:\u001b[39m \u001b[1mA virtual IP with one DNAT rule\u001b[22m',
  )
})

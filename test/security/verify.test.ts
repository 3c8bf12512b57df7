import { describe, expect, it } from 'vitest'
import { openSession, type Session, users } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const lab = `
name: leaves
title: A lab that goes while it is asked
bridge: {name: br0, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
outside: {client: 192.0.2.10/24}
services:
  - {name: web, clusterIP: 10.96.77.66, ports: [{port: 80, targetPort: 8080}], endpoints: [a]}
steps:
  - title: Build
    build: [network, servers, firewall, services]
    why: there must be something to ask
`

/** Whether a sample of the service is under way. */
function isAsked({ stateDir }: Session): boolean {
  return processesOf(stateDir).some(({ command }) => /^curl .*--parallel .*--config -$/.test(command))
}

describe.each(users)('as %s', user => {
  it('a verify during which the lab is taken down says that, and passes nothing', async () => {
    const session = openSession(user)
    const up = await session.netlab('up', session.file('leaves.yaml', lab), '--quiet')
    expect(up).toMatchObject({ code: 0, stderr: '' })
    const verifying = session.start(['verify', 'leaves', '-n', '20000'])
    await expect.poll(() => isAsked(session), { timeout: 30_000 }).toBe(true)
    await session.netlab('down', 'leaves')
    const { exitCode, stdout, stderr } = await verifying
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('the lab went away meanwhile')
  })
})

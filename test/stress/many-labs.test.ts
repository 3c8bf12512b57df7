import { expect, it } from 'vitest'
import { openSession } from '../labs/cli.ts'
import { differences } from '../labs/differences.ts'
import { comparable, machineState } from '../labs/machine-state.ts'
import { processesOf } from '../labs/processes.ts'

const text = `name: crowd
title: The same addresses for everybody
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
steps: [{title: Ask, check: [{curl: "10.96.0.1:80", from: [host, a, b, client], expect: {backend: [a, b]}}]}]
`
const labs = Array.from({ length: 20 }, (_, at) => `crowd-${at + 1}`)

it('20 labs with the same addresses run at once, each verified, and none is left', async () => {
  const before = await machineState()
  const session = openSession()
  const file = session.file('crowd.yaml', text)
  const patience = 150_000
  const all = async (...argv: string[]) => {
    const ended = await Promise.all(
      labs.map(lab => session.netlabWith({ patience }, ...argv.map(word => word.replace('LAB', lab)))),
    )
    expect(ended.filter(({ code }) => code !== 0)).toEqual([])
    return ended
  }
  await all('up', file, '--name', 'LAB', '--quiet')
  const { stdout } = await session.netlab('list', '--json')
  expect(JSON.parse(stdout).map(({ lab, state }: Record<string, string>) => `${lab} ${state}`)).toEqual(
    labs.map(lab => `${lab} up`).sort(),
  )
  const reports = (await all('verify', 'LAB', '--requests', '50', '--json')).map(ended =>
    JSON.parse(ended.stdout),
  )
  for (const { services } of reports)
    for (const { requests, failed, backends } of services)
      expect({ requests, failed, answers: backends.a + backends.b }).toEqual({
        requests: 50,
        failed: 0,
        answers: 50,
      })
  expect(await session.netlab('down', '--all')).toMatchObject({ code: 0 })
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })
  expect(differences(comparable(await machineState(), before), before)).toEqual([])
})

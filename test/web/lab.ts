import { expect } from 'vitest'
import { Printed, type Session } from '../labs/cli.ts'

/** A small lab whose words would be elements of a page that took them for such. */
export const hostileLab = `name: small
title: "<img src=x id=evil onerror=alert(1)> & 'so'"
sysctls: {}
bridge: {name: br1, address: 10.0.0.1/24}
outside: {client: 192.0.2.10/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

/** Starts `netlab view` of the session's only lab, and waits for its address. */
export function view(session: Session, ...argv: string[]) {
  return served(session, ['view', ...argv])
}

/** Starts a verb that serves a page, and waits for its address. */
export async function served(session: Session, argv: readonly string[]) {
  const running = session.start(argv)
  const printed = new Printed(running)
  await printed.shows('Ctrl-C ends it')
  const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(printed.text) ?? []
  expect(address).not.toBe('')
  return { running, printed, address }
}

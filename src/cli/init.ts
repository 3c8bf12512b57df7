import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab init`: writes a first lab. */
export function initCommand(): Command {
  return new Command('init')
    .description('write a first lab, with comments, to try and to change')
    .argument('[file]', 'where to write it', 'first.yaml')
    .option('--force', 'overwrite the file if it is there')
    .action((file: string, options: { force?: true }) => {
      writeLab(file, options.force === true)
      openTerminal().out.write(`${file} is written. Try:  netlab up ${file}\n`)
    })
}

function writeLab(file: string, force: boolean): void {
  try {
    writeFileSync(file, firstLab.replaceAll('FILE', file), { flag: force ? 'w' : 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const isThere = code === 'EEXIST'
    throw new NetlabError({
      what: isThere ? `${file} is there already` : `${file} cannot be written`,
      fix: isThere ? `netlab init ${file} --force` : 'give another file: netlab init my-lab.yaml',
      exitCode: exitCode.wrongInput,
      ...(!isThere && { cause: error }),
    })
  }
}

/** The lab that `netlab init` writes: small, whole, and explained where it stands. */
export const firstLab = `# yaml-language-server: $schema=./lab.schema.json
# With \`netlab schema > lab.schema.json\` beside this file, your editor completes and checks it.
#
#   netlab up FILE      builds it, and tries every check
#   netlab walk FILE    the same as a lesson, step by step
#   netlab down         takes it away

name: first
title: Two pods behind one address

# Kernel settings of the sandbox: this host is a router between its pods.
sysctls:
  net.ipv4.ip_forward: 1
  net.bridge.bridge-nf-call-iptables: 1

# A switch. Its address is the host's own on it, and the pods' gateway. "hairpin" lets a pod reach itself through a service.
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}

# A pod is a network namespace with an address. "serve" lets it answer HTTP on that port with its name.
pods:
  web-a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  web-b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
  visitor: 10.0.0.21/24

# A machine beyond the host. The first one is also the host's way out, which services need.
outside:
  client: 192.0.2.10/24

# A Kubernetes Service: one address for all pods with the label. Try \`netlab rules FILE\` to see what it becomes.
services:
  - name: web
    clusterIP: 10.100.100.100
    selector: {app: web}
    ports: [{port: 80, targetPort: 8080}]

# All that stands above is built first. Steps then try it, or change it with commands of your own.
steps:
  - title: Reach each pod directly
    why: Before there is a service, pods have nothing but their own addresses.
    check:
      - {curl: 10.0.0.11:8080, from: [host, visitor], expect: {backend: web-a}}
      - {curl: 10.0.0.12:8080, from: [host, visitor], expect: {backend: web-b}}

  - title: Reach them through the service
    why: The cluster IP belongs to no machine. Rules on the host send each connection to one of the pods.
    check:
      - {curl: "10.100.100.100:80", from: [host, visitor, client]}
      - {curl: "web:80", from: visitor, expect: {shares: even}}
`

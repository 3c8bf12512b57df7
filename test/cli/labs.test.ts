import { expect, it } from 'vitest'
import { shippedLabs } from '../../src/read/load-shipped.ts'
import { openSession } from '../labs/cli.ts'

it('labs lists what ships, and each is found from any folder by the name that is told', async () => {
  const session = openSession()
  const { code, stdout, stderr } = await session.netlab('labs', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const labs = JSON.parse(stdout) as { name: string; packages: string[]; kernel: string[] }[]
  expect(labs.map(({ name }) => name)).toEqual(shippedLabs())
  expect(labs.find(({ name }) => name === 'kube-dns')?.packages).toEqual(['dnsmasq-base', 'bind9-dnsutils'])
  const needs = labs.flatMap(({ name, kernel }) => kernel.map(part => `${name} ${part}`))
  expect(needs).toEqual(
    expect.arrayContaining(['calico-ipip ipip', 'flannel-vxlan vxlan', 'ipvs-mode IPVS', 'ipvs-mode dummy']),
  )
  expect(labs.find(({ name }) => name === 'nat-router')).toMatchObject({
    ...{ steps: 10, packages: [], kernel: [], article: expect.stringContaining('Iptables') },
    title: 'An office behind one address, and who may go out',
  })
  expect(await session.netlab('plan', 'nat-router')).toMatchObject({ code: 0, stderr: '' })
})

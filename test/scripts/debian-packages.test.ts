import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Checkout } from './checkout.ts'

// Programs are taken away in a mount namespace of the test's own; apt-get, systemctl and npm are made up. The machine keeps its own.

let checkout: Checkout

beforeEach(() => {
  checkout = new Checkout()
  const note = (name: string) => `echo "${name} $*" >>${checkout.path('calls')}`
  checkout.program(
    'apt-get',
    `${note('apt-get')}; echo "frontend $DEBIAN_FRONTEND" >>${checkout.path('calls')}`,
  )
  checkout.program('systemctl', note('systemctl'))
})

afterEach(() => checkout.remove())

/** A shell line that runs as root of a user namespace, where these programs are missing. */
function without(programs: readonly string[], line: string): string[] {
  const hide = programs.map(program => `mount --bind /dev/null $(command -v ${program})`)
  const script = ['PATH=$PATH:/usr/sbin:/sbin', ...hide, `exec ${line}`].join('\n')
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec', script]
}

const asOrdinaryUser = 'unshare --user --map-user=1000 --map-group=1000'

describe('an ordinary user', () => {
  test('gets the line to type and exit code 3', async () => {
    const script = checkout.path('scripts/netlab')
    const { stdout, stderr, code } = await checkout.run(
      without(['iptables', 'conntrack'], `${asOrdinaryUser} ${script} up x`),
    )
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 })
    expect(stderr).toMatch(/\nnetlab: {3}sudo apt-get install --no-install-recommends iptables conntrack\n$/)
    expect(checkout.calls.filter(call => call.startsWith('apt-get'))).toEqual([])
  })

  test('may run doctor all the same', async () => {
    const script = checkout.path('scripts/netlab')
    expect(await checkout.run(without(['iptables'], `${asOrdinaryUser} ${script} doctor`))).toMatchObject({
      stdout: 'ran doctor\n',
      code: 0,
    })
  })

  test('is told by scripts/test what the tests need, and how to keep nginx from running', async () => {
    const line = `${asOrdinaryUser} ${checkout.path('scripts/test')}`
    const { stderr, code } = await checkout.run(without(['nginx', 'dig'], line))
    expect(stderr).toContain(
      'sudo apt-get install --no-install-recommends nginx-light bind9-dnsutils && sudo systemctl disable --now nginx\n',
    )
    expect(code).toBe(3)
  })
})

describe('root', () => {
  test('gets them installed, quietly, and then the CLI runs', async () => {
    const { stdout, stderr, code } = await checkout.run(
      without(['curl'], `${checkout.path('scripts/netlab')} up x`),
    )
    expect({ stdout, code }).toEqual({ stdout: 'ran up x\n', code: 0 })
    expect(stderr).toMatch(/netlab: apt-get install curl \.\.\. \d+ s\n$/)
    expect(checkout.calls.slice(1)).toEqual([
      expect.stringMatching(/^apt-get install --yes --no-install-recommends .* curl$/),
      'frontend noninteractive',
    ])
  })

  test('no service starts: what starts services does nothing while apt-get runs', async () => {
    const calls = checkout.path('calls')
    checkout.program(
      'apt-get',
      `for starter in /usr/sbin/invoke-rc.d /usr/bin/deb-systemd-invoke; do
         cmp -s $starter /bin/true && echo "$starter is harmless" >>${calls}
         $starter nginx start || exit
       done`,
    )
    checkout.installVitest("console.log('vitest', ...process.argv.slice(2))")
    const { stdout, code } = await checkout.run(
      without(['nginx'], `${checkout.path('scripts/test')} one.test.ts`),
    )
    expect(checkout.calls.slice(1)).toEqual([
      '/usr/sbin/invoke-rc.d is harmless',
      '/usr/bin/deb-systemd-invoke is harmless',
      'systemctl --quiet disable nginx',
    ])
    expect({ stdout, code }).toEqual({ stdout: 'vitest run --configLoader runner one.test.ts\n', code: 0 })
  })

  test('old package lists are brought up to date and the installation tried again', async () => {
    checkout.program(
      'apt-get',
      `echo "apt-get $1" >>${checkout.path('calls')}
       [ "$1" = update ] || [ "$(grep -c 'apt-get install' ${checkout.path('calls')})" = 2 ] || { echo 'E: 404 Not Found'; exit 100; }`,
    )
    const { stdout, stderr, code } = await checkout.run(
      without(['curl'], `${checkout.path('scripts/netlab')} up x`),
    )
    expect({ stdout, code }).toEqual({ stdout: 'ran up x\n', code: 0 })
    expect(stderr).toContain('E: 404 Not Found')
    expect(checkout.calls.slice(-3)).toEqual(['apt-get install', 'apt-get update', 'apt-get install'])
  })

  test('an installation that fails ends with the line to type by hand, and 3', async () => {
    checkout.program('apt-get', 'echo "E: Unable to locate package"; exit 100')
    const { stdout, stderr, code } = await checkout.run(without(['curl'], checkout.path('scripts/netlab')))
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 })
    expect(stderr).toMatch(
      /E: Unable to locate package\n[\s\S]*sudo apt-get install --no-install-recommends curl\n$/,
    )
  })
})

describe('scripts/test', () => {
  test('stops at a check that fails, before the tests', async () => {
    checkout.installVitest("console.log('vitest')", 1)
    expect(await checkout.run([checkout.path('scripts/test')])).toMatchObject({ stdout: '', code: 1 })
  })

  test('ends as vitest ends', async () => {
    checkout.installVitest("console.log('1 failed'); process.exit(1)")
    expect(await checkout.run([checkout.path('scripts/test')])).toMatchObject({
      stdout: '1 failed\n',
      code: 1,
    })
  })
})

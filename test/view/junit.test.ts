import { expect, it } from 'vitest'
import type { Step } from '../../src/plan/plan.ts'
import type { UpReport } from '../../src/run/report.ts'
import type { CheckResult, ServiceSample, VerifyReport } from '../../src/verify/report.ts'
import { renderUpJunit, renderVerifyJunit } from '../../src/view/junit.ts'

const checked = (ok: boolean, fields: Partial<CheckResult> = {}): CheckResult => ({
  check: {
    ...{ kind: 'curl', url: 'web:80', from: 'a', within: 5, once: false },
    expect: [{ kind: 'answers', backends: [] }],
  },
  ...{ step: 'Ask "it" <1.2>', from: 'a', target: 'web:80', ms: 12.4, ok },
  observed: ok ? 'b answered' : 'timed out',
  ...fields,
})

const sample: ServiceSample = {
  ...{ service: 'default/web', portName: '', protocol: 'TCP', clusterIP: '10.96.0.10', port: 80 },
  target: { kind: 'cluster IP', node: 'host', address: '10.96.0.10', port: 80 },
  ...{ from: 'a', expected: 'spread', seenClients: [], requests: 200, failed: 200 },
  failures: { refused: 0, unreachable: 0, timeout: 200, other: 0 },
  ...{
    backends: {},
    expectedShare: {},
    pValue: 1,
    ok: false,
    complaint: 'none of 200 requests was answered',
  },
  evidence: {
    headline: 'the host does not forward',
    mend: 'sysctl -w net.ipv4.ip_forward=1',
    typed: ['netlab exec shop -- sysctl -w net.ipv4.ip_forward=1'],
    lines: ['0'],
  },
}

it('a verified lab is a suite: a case for each check, and for each service from each place', () => {
  const report: VerifyReport = {
    ...{ lab: 'shop', ok: false },
    checks: [checked(true), checked(false)],
    services: [sample, { ...sample, from: 'b', ok: true }],
  }
  expect(renderVerifyJunit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netlab" tests="4" failures="2" errors="0" time="0.025">
  <testsuite name="shop" tests="4" failures="2" errors="0" skipped="0" time="0.025">
    <testcase classname="shop.Ask &quot;it&quot; &lt;1·2&gt;" name="curl web:80 from a: gets an answer" time="0.012"/>
    <testcase classname="shop.Ask &quot;it&quot; &lt;1·2&gt;" name="curl web:80 from a: gets an answer" time="0.012">
      <failure message="timed out" type="failure">curl web:80 from a
  expected  gets an answer
  observed  timed out</failure>
    </testcase>
    <testcase classname="shop.default/web" name="10.96.0.10:80 from a" time="0.000">
      <failure message="the host does not forward" type="failure">none of 200 requests was answered
the host does not forward: netlab exec shop -- sysctl -w net.ipv4.ip_forward=1
  0</failure>
    </testcase>
    <testcase classname="shop.default/web" name="10.96.0.10:80 from b" time="0.000"/>
  </testsuite>
</testsuites>
`)
})

it('a step that broke off is told, and those after it are skipped', () => {
  const step = (title: string): Step => ({
    ...{ title, why: '', from: 'lab', actions: [] },
    checks: [checked(true).check],
  })
  const report: UpReport = {
    ...{ lab: 'shop', ok: false, ms: 1500, pods: 1, nodes: 0, machines: 0, services: [] },
    steps: [
      {
        ...{ title: 'First', ok: false, ms: 40, commands: 2, checks: [] },
        failure: {
          command: { argv: ['ip', 'link', 'add', 'x'], in: 'host' },
          exitCode: 2,
          stderr: 'RTNETLINK & <co>\u001b',
        },
      },
    ],
  }
  expect(renderUpJunit(report, [step('First'), step('Second')])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netlab" tests="2" failures="1" errors="0" time="1.500">
  <testsuite name="shop" tests="2" failures="1" errors="0" skipped="1" time="1.500">
    <testcase classname="shop.First" name="2 commands" time="0.040">
      <failure message="a command failed" type="failure">$ ip link add x
exit code 2:
  RTNETLINK &amp; &lt;co&gt;␛</failure>
    </testcase>
    <testcase classname="shop.Second" name="curl web:80 from a: gets an answer" time="0.000">
      <skipped message="an earlier step failed"/>
    </testcase>
  </testsuite>
</testsuites>
`)
})

it('what no XML may have is no part of it', () => {
  const odd = 'a\u0000\ufffe\ud800b\n]]>'
  const xml = renderVerifyJunit({
    lab: 'x',
    ok: false,
    services: [],
    checks: [checked(false, { observed: odd })],
  })
  expect(xml).toContain('message="a␀\ufffd\ufffdb&#10;]]&gt;"')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/)
})

import type { Place } from '../../command/command.ts'
import { exitCode, NetlabError } from '../../errors.ts'
import type { FailureKind } from '../../lab/lab.ts'
import { type EnterOptions, runAtAnyway } from '../../sandbox/enter.ts'
import { podHeader } from '../../sandbox/pod-answer.ts'
import type { Finished } from '../../sandbox/process.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** What came of one request. */
export interface Answer {
  /** How the connection failed; undefined where an answer came. */
  failure?: FailureKind | 'other'
  /** curl's own words where it failed. */
  message: string
  status: number
  body: string
  /** Milliseconds. */
  ms: number
  /** The client's end, `10.0.0.11:41234`, by which the connection is found in the kernel's table. */
  client: string
  /** Whom the answer names as its sender; undefined where it names nobody. */
  pod?: string
}

const proxyless = ['--noproxy', '*', '--globoff']
const written = `%{http_code} %{exitcode} %{time_total} %{local_ip}:%{local_port} <%header{${podHeader}}> %{errormsg}`
/** Nothing of the person's own curl configuration takes part. */
const quiet = ['curl', '--disable', '--silent']

/** Exit codes of nsenter for a program that cannot be run or is not there; curl's and conntrack's own are others. */
const notRun: readonly number[] = [126, 127]

/** Runs a tool that netlab itself needs. Throws NetlabError where this machine has none. */
async function runTool(
  sandbox: Sandbox,
  argv: readonly string[],
  from: Place,
  options: Omit<EnterOptions, 'place'> & { why: string },
): Promise<Finished> {
  const finished = await runAtAnyway(sandbox, argv, { ...options, place: from })
  if (!notRun.includes(finished.exitCode)) return finished
  throw new NetlabError({
    what: `${argv[0]} could not be started`,
    why: options.why,
    details: finished.stderr.trim(),
    fix: 'netlab doctor says what this machine lacks, and the command that mends it',
    exitCode: exitCode.machineLacks,
  })
}

/** Asks a URL once, from a place; `timeout` in seconds. */
export async function ask(
  sandbox: Sandbox,
  url: string,
  from: Place,
  timeout: number,
  signal?: AbortSignal,
): Promise<Answer> {
  // Only curl's verbose lines tell a refused connection from an unreachable address: both are exit code 7.
  const argv = [
    ...quiet,
    ...proxyless,
    '--verbose',
    '--max-time',
    `${timeout}`,
    '--write-out',
    `\n${written}`,
    '--',
    url,
  ]
  const { stdout, stderr } = await runTool(sandbox, argv, from, {
    why: `asking ${url} from ${from}`,
    ...(signal === undefined ? {} : { signal }),
  })
  const end = stdout.lastIndexOf('\n')
  const sample = parseWritten(stdout.slice(end + 1))
  const failure = sample.failure === 'other' ? connectFailure(stderr) : sample.failure
  return { ...sample, ...(failure === undefined ? {} : { failure }), body: stdout.slice(0, Math.max(end, 0)) }
}

/** What one request out of many came to. */
export type Sample = Omit<Answer, 'body'>

/**
 * Asks a URL many times, each time on a new connection, in one curl process; `timeout` in seconds for each.
 * Returns a sample for each request.
 */
export async function askMany(
  sandbox: Sandbox,
  url: string,
  from: Place,
  options: { requests: number; timeout: number; atOnce: number; signal?: AbortSignal },
): Promise<Sample[]> {
  const { requests, timeout, atOnce, signal } = options
  const separator = url.includes('?') ? '&' : '?'
  const target = `${url.includes('/', url.indexOf('://') + 3) ? url : `${url}/`}${separator}[1-${requests}]`
  const argv = [
    ...quiet,
    ...['--noproxy', '*', '--parallel', '--parallel-immediate', '--parallel-max', `${atOnce}`],
    ...['--connect-timeout', `${timeout}`, '--max-time', `${timeout + 2}`],
    ...['--header', 'Connection: close', '--output', '/dev/null'],
    ...['--write-out', `${written}\n`, '--', target],
  ]
  const { stdout } = await runTool(sandbox, argv, from, {
    why: `sampling ${url} from ${from}`,
    ...(signal === undefined ? {} : { signal }),
  })
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(parseWritten)
}

/** Asks each URL once, all from one place, in one curl process; `timeout` in seconds for each. Returns a sample for each URL. */
export async function askEach(
  sandbox: Sandbox,
  urls: readonly string[],
  from: Place,
  options: { timeout: number; signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<string, Sample>> {
  const { timeout, signal } = options
  const argv = [
    ...quiet,
    ...proxyless,
    ...['--parallel', '--parallel-immediate', '--parallel-max', '64'],
    ...['--max-time', `${timeout}`, '--header', 'Connection: close'],
    ...['--write-out', `%{url_effective} ${written}\n`, '--config', '-'],
  ]
  const input = urls.map(url => `url = "${url.replaceAll(/["\\]/g, '\\$&')}"\noutput = /dev/null\n`).join('')
  const { stdout } = await runTool(sandbox, argv, from, {
    why: `asking ${urls.length} URLs from ${from}`,
    input,
    ...(signal === undefined ? {} : { signal }),
  })
  const samples = new Map<string, Sample>()
  for (const line of stdout.split('\n')) {
    const [asked = '', ...rest] = line.split(' ')
    samples.set(asked, parseWritten(rest.join(' ')))
  }
  return new Map(urls.flatMap(url => sampleOf(url, samples)))
}

/** curl says in full what it was asked in short. */
function sampleOf(url: string, samples: ReadonlyMap<string, Sample>): [string, Sample][] {
  const full = url.includes('://') ? url : `http://${url}`
  const sample = samples.get(full) ?? samples.get(`${full}/`)
  return sample === undefined ? [] : [[url, sample]]
}

/** curl's exit code (curl(1)) where no answer came in time. */
const timedOut = 28

function parseWritten(line: string): Sample {
  const [status = '0', code = '0', seconds = '0', client = '', named = '', ...words] = line.split(' ')
  const failure = failureKind(Number(code))
  // A curl before 7.84 prints %header{…} as it stands.
  const pod = /^<([^%>]+)>$/.exec(named)?.[1]
  return {
    ...(failure === undefined ? {} : { failure }),
    message: words.join(' '),
    status: Number(status),
    ms: Number(seconds) * 1000,
    client,
    ...(pod === undefined ? {} : { pod }),
  }
}

function failureKind(code: number): Answer['failure'] {
  if (code === 0) return undefined
  return code === timedOut ? 'timeout' : 'other'
}

function connectFailure(verbose: string): Answer['failure'] {
  if (/^\* .*: Connection refused/m.test(verbose)) return 'refused'
  return /^\* .*: (Network is unreachable|No route to host|Host is unreachable|Permission denied|Operation not permitted)/m.test(
    verbose,
  )
    ? 'unreachable'
    : 'other'
}

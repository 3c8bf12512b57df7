import type { Place } from '../command/command.ts'
import { NetlabError } from '../errors.ts'
import type { FailureKind } from '../model/lab.ts'
import { mustStillLive } from '../sandbox/lab-gone.ts'
import { podHeader } from '../sandbox/pod-answer.ts'
import type { Finished } from '../sandbox/process.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type Ports, portsAside, portsForEach } from './ports-aside.ts'
import { runToolAnyway } from './tool.ts'

/** What came of one request. */
export interface Answer {
  /** How the connection failed; undefined where an answer came. */
  failure?: FailureKind | 'other'
  /** curl's own words where it failed. */
  message: string
  status: number
  body: string
  /** An answer began, with this status, and did not come to an end. */
  unfinished?: true
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

/** Seconds that curl's own start and end may take beyond the time that it gives its requests. */
const startPatience = 20

export interface AskOptions {
  /** Silence is expected. */
  inVain?: boolean
  signal?: AbortSignal | undefined
}

/** Asks a URL once, from a place; `timeout` in seconds. */
export async function ask(
  sandbox: Sandbox,
  url: string,
  from: Place,
  timeout: number,
  { inVain = false, signal }: AskOptions = {},
): Promise<Answer> {
  const argv = askArgv(url, timeout, inVain ? portsAside() : undefined)
  const why = `asking ${url} from ${from}`
  const finished = await runToolAnyway(sandbox, argv, {
    place: from,
    why,
    tooMuch: 'stop',
    deadline: (timeout + startPatience) * 1000,
    ...(signal === undefined ? {} : { signal }),
  })
  return readAnswer(sandbox, finished, why)
}

/** What asks a URL once, from one of some ports; `timeout` in seconds. */
export function askArgv(url: string, timeout: number, ports: Ports | undefined): string[] {
  // Only curl's verbose lines tell a refused connection from an unreachable address: both are exit code 7.
  return [
    ...quiet,
    ...proxyless,
    ...(ports === undefined ? [] : ['--local-port', ports.join('-')]),
    '--verbose',
    '--max-time',
    `${timeout}`,
    '--write-out',
    `\n${written}`,
    '--',
    url,
  ]
}

/** What came of it. Throws NetlabError where curl told nothing that can be read. */
export async function readAnswer(sandbox: Sandbox, finished: Finished, why: string): Promise<Answer> {
  const { stdout, stderr, cut, ms } = finished
  if (cut) return unfinished(Number(/^< HTTP\/\S+ (\d+)/m.exec(stderr)?.[1] ?? 0), stdout, ms)
  const end = stdout.lastIndexOf('\n')
  const body = stdout.slice(0, Math.max(end, 0))
  const sample = readWritten(stdout.slice(end + 1))
  if (sample === undefined) throw await untold(sandbox, finished, why, 'nothing that netlab understands')
  if (sample.failure === 'other' && sample.status > 0 && finished.exitCode === timedOut)
    return { ...sample, ...unfinished(sample.status, body, sample.ms), client: sample.client }
  const failure = sample.failure === 'other' ? connectFailure(stderr) : sample.failure
  return { ...sample, ...(failure === undefined ? {} : { failure }), body }
}

function unfinished(status: number, body: string, ms: number): Answer {
  const message = `an answer with status ${status} began and did not end`
  return { failure: 'other', message, status, body, ms, client: '', unfinished: true }
}

/** Why curl's output cannot be read, as an error. */
async function untold(sandbox: Sandbox, finished: Finished, why: string, told: string): Promise<NetlabError> {
  await mustStillLive(sandbox, why)
  const said = finished.stderr.replaceAll(/^[*<>{}].*\n?/gm, '').trim()
  const last = finished.stdout.slice(finished.stdout.trimEnd().lastIndexOf('\n') + 1).slice(0, excerpt)
  return new NetlabError({
    what: `curl ended with exit code ${finished.exitCode} and told ${told}`,
    why,
    details: [said, last === '' ? 'its last line is empty' : `its last line: ${JSON.stringify(last)}`]
      .filter(line => line !== '')
      .join('\n'),
    fix: 'netlab needs curl 7.75 or newer; netlab doctor says which one this machine has',
  })
}

/** Characters of a line that cannot be read which are shown. */
const excerpt = 200

/** What one request out of many came to. */
export type Sample = Omit<Answer, 'body'>

/**
 * Asks a URL many times, each time on a new connection, in one curl process; `timeout` in seconds for each, `atOnce` of them at
 * the same time or, `inTurn`, one after the other until one of them fails.
 * Returns a sample for each request. Throws NetlabError where curl told of fewer.
 */
export async function askMany(
  sandbox: Sandbox,
  url: string,
  from: Place,
  options: { requests: number; timeout: number; atOnce: number | 'inTurn'; signal?: AbortSignal },
): Promise<Sample[]> {
  const { requests, timeout, atOnce, signal } = options
  const inTurn = atOnce === 'inTurn'
  const argv = [...quiet, ...paceOf(atOnce), '--config', '-']
  const why = `sampling ${url} from ${from}`
  const finished = await runToolAnyway(sandbox, argv, {
    place: from,
    why,
    input: eachRequest(url, options),
    deadline: (Math.ceil(requests / (inTurn ? 1 : atOnce)) * longestOf(timeout) + startPatience) * 1000,
    ...(signal === undefined ? {} : { signal }),
  })
  return readSamples(sandbox, finished, why, options)
}

/** Seconds: an answer may take longer than the connection, not so on a machine that gets more for both. */
function longestOf(timeout: number): number {
  return timeout + Math.max(2, timeout)
}

type ManyOptions = Pick<Parameters<typeof askMany>[3], 'requests' | 'timeout' | 'atOnce'>

function paceOf(atOnce: ManyOptions['atOnce']): string[] {
  return atOnce === 'inTurn'
    ? ['--fail-early']
    : ['--parallel', '--parallel-immediate', '--parallel-max', `${atOnce}`]
}

/** curl's options that hold for one request. */
function requestOptions(timeout: number): [name: string, value: string][] {
  return [
    ['noproxy', '*'],
    ['connect-timeout', `${timeout}`],
    ['max-time', `${longestOf(timeout)}`],
    ['header', 'Connection: close'],
    ['output', '/dev/null'],
    ['write-out', `${written}\n`],
  ]
}

/** A URL with something behind it that tells one request from the next. */
function numbered(url: string, number: string): string {
  const separator = url.includes('?') ? '&' : '?'
  return `${url.includes('/', url.indexOf('://') + 3) ? url : `${url}/`}${separator}${number}`
}

/** A configuration file of curl's, with options for each request, since each has a port of its own. */
function eachRequest(url: string, { requests, timeout }: ManyOptions): string {
  const options = requestOptions(timeout)
    .map(([name, value]) => `${name} = ${quoted(value)}\n`)
    .join('')
  return portsForEach(requests)
    .map(ports => `globoff\n${options}local-port = ${ports.join('-')}\n`)
    .map((settings, at) => `url = ${quoted(numbered(url, `${at + 1}`))}\n${settings}`)
    .join('next\n')
}

/** As curl reads a value of its configuration file. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

/** What asks a URL many times as askMany does, on one command line and from whatever ports. */
export function askManyArgv(url: string, { requests, timeout, atOnce }: ManyOptions): string[] {
  const options = requestOptions(timeout).flatMap(([name, value]) => [`--${name}`, value])
  return [...quiet, ...paceOf(atOnce), ...options, '--', numbered(url, `[1-${requests}]`)]
}

/** What it has told of each request. Throws NetlabError where curl told of fewer. */
export async function readSamples(
  sandbox: Sandbox,
  finished: Finished,
  why: string,
  { requests, atOnce }: { requests: number; atOnce: number | 'inTurn' },
): Promise<Sample[]> {
  const lines = finished.stdout.split('\n').slice(0, -1)
  const samples = lines.flatMap(line => readWritten(line) ?? [])
  const isWhole =
    samples.length === requests || (atOnce === 'inTurn' && samples.at(-1)?.failure !== undefined)
  if (isWhole && lines.length === samples.length) return samples
  const told = `what came of only ${samples.length} of ${requests} requests`
  throw await untold(sandbox, finished, why, told)
}

/** Requests under way at once where each URL is another one. */
const eachAtOnce = 64

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
    ...['--parallel', '--parallel-immediate', '--parallel-max', `${eachAtOnce}`],
    ...['--max-time', `${timeout}`, '--header', 'Connection: close'],
    ...['--write-out', `%{url_effective} ${written}\n`, '--config', '-'],
  ]
  const input = urls.map(url => `url = ${quoted(url)}\noutput = /dev/null\n`).join('')
  const { stdout } = await runToolAnyway(sandbox, argv, {
    place: from,
    why: `asking ${urls.length} URLs from ${from}`,
    input,
    deadline: (Math.ceil(urls.length / eachAtOnce) * timeout + startPatience) * 1000,
    ...(signal === undefined ? {} : { signal }),
  })
  const samples = new Map<string, Sample>()
  for (const line of stdout.split('\n')) {
    const [asked = '', ...rest] = line.split(' ')
    const sample = readWritten(rest.join(' '))
    if (sample !== undefined) samples.set(asked, sample)
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

/** What curl was told to write of a request; undefined where it wrote something else, as one before 7.75 does. */
function readWritten(line: string): Sample | undefined {
  const [, status = '', code = '', seconds = '', client = '', named = '', message = ''] =
    /^(\d+) (\d+) ([\d.]+) (\S*) <([^>]*)> (.*)$/.exec(line) ?? []
  if (status === '') return undefined
  const failure = failureKind(Number(code), Number(status))
  return {
    ...(failure === undefined ? {} : { failure }),
    message,
    status: Number(status),
    ms: Number(seconds) * 1000,
    client,
    // A curl before 7.84 prints %header{…} as it stands.
    ...(/^[^%\s]+$/.test(named) ? { pod: named } : {}),
  }
}

/** Where an answer had begun when the time was over, something answered: that is no silence. */
function failureKind(code: number, status: number): Answer['failure'] {
  if (code === 0) return undefined
  return code === timedOut && status === 0 ? 'timeout' : 'other'
}

function connectFailure(verbose: string): Answer['failure'] {
  if (/^\* .*: Connection refused/m.test(verbose)) return 'refused'
  return /^\* .*: (Network is unreachable|No route to host|Host is unreachable|Permission denied|Operation not permitted)/m.test(
    verbose,
  )
    ? 'unreachable'
    : 'other'
}

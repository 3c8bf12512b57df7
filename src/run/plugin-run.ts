import type { Command, PluginCall } from '../command/command.ts'
import { commandLine, lineWithFiles, shellWord } from '../command/command-line.ts'

/** A call of a CNI plugin as a script that prints what the plugin prints, and ends as it ends. */
export function pluginScript(command: Command): string {
  const { output } = command
  if (output === undefined) return `${commandLine(command)}\n`
  const file = shellWord(output)
  return `${lineWithFiles(command, `> ${file}`)}\nnetlab_code=$?\ncat ${file}\nexit $netlab_code\n`
}

/** What went wrong in a call of a CNI plugin that printed this and ended with this exit code, for people; undefined: nothing. */
export function pluginComplaint(call: PluginCall, printed: string, exitCode: number): string | undefined {
  const told = readObject(printed)
  const name = call.program.replace(/^.*\//, '')
  if (exitCode !== 0) return errorWords(name, call, told, printed)
  if (call.verb === 'VERSION') return versionComplaint(name, call, told, printed)
  if (call.verb === 'ADD') return resultComplaint(name, call, told, printed)
  return undefined
}

/** The error object, field by field (CNI specification 1.0.0, section 5, Error). */
function errorWords(
  name: string,
  { verb, pod }: PluginCall,
  told: Record<string, unknown> | undefined,
  printed: string,
): string {
  const about = pod === undefined ? '' : ` of ${pod}`
  if (typeof told?.msg !== 'string') {
    const said = printed.trim()
    return `the plugin ${name} did not do ${verb}${about}, and gave no error object${said === '' ? '' : `:\n${said}`}`
  }
  const { code, msg, details } = told
  return [
    `the plugin ${name} did not do ${verb}${about}: ${msg}`,
    ...(typeof details === 'string' && details !== '' ? [details] : []),
    ...(typeof code === 'number' ? [`error code ${code}${codeWords(code)}`] : []),
  ].join('\n')
}

/** What the codes up to 99 mean is the specification's matter; from 100 on they are the plugin's own. */
const codes: Readonly<Record<number, string>> = {
  1: 'incompatible CNI version',
  2: 'unsupported field in the network configuration',
  3: 'the container is unknown or does not exist',
  4: 'invalid necessary environment variables',
  5: 'input or output failed',
  6: 'the content cannot be decoded',
  7: 'invalid network configuration',
  11: 'try again later',
}

function codeWords(code: number): string {
  if (code >= 100) return ", one of the plugin's own"
  const words = codes[code]
  return words === undefined ? '' : `: ${words}`
}

function versionComplaint(
  name: string,
  { expects }: PluginCall,
  told: Record<string, unknown> | undefined,
  printed: string,
): string | undefined {
  const versions = told?.supportedVersions
  if (!Array.isArray(versions)) return noResult(name, 'VERSION', printed)
  if (expects === undefined || versions.includes(expects)) return undefined
  return `the plugin ${name} does not speak CNI ${expects}, the conflist's cniVersion; it speaks ${versions.map(String).join(', ')}`
}

/** A lab says beforehand which address each pod has: all its rules and names are made of that. */
function resultComplaint(
  name: string,
  { pod, expects }: PluginCall,
  told: Record<string, unknown> | undefined,
  printed: string,
): string | undefined {
  if (told === undefined) return noResult(name, 'ADD', printed)
  if (expects === undefined) return undefined
  const ips = Array.isArray(told.ips) ? told.ips : []
  const addresses = ips.flatMap((ip: unknown) => {
    const address = typeof ip === 'object' && ip !== null ? (ip as { address?: unknown }).address : undefined
    return typeof address === 'string' ? [address] : []
  })
  if (addresses.includes(expects)) return undefined
  const got = addresses.length === 0 ? 'no address' : addresses.join(', ')
  return `${pod} got ${got}, and by the lab it has ${expects}: somebody else has taken an address of that range, or given one back`
}

function noResult(name: string, verb: string, printed: string): string {
  return `the plugin ${name} ended ${verb} without an error, but what it printed is no result:\n${printed.trim().slice(0, 2000)}`
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

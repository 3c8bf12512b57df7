/** Exit codes of the command line; people and scripts rely on them. */
export const exitCode = { fine: 0, failed: 1, wrongInput: 2, machineLacks: 3, interrupted: 130 } as const

/** What an error tells people, in the order in which it is shown. */
export interface ErrorFacts {
  /** What happened, one line. */
  what: string
  /** Where: a file and line, a lab, a step. */
  where?: string
  /** Why the failed thing was being done. */
  why?: string
  /** Evidence: a command with its stderr, say; may have several lines. */
  details?: string
  /** What to do now: often a command to type. */
  fix?: string
  exitCode?: number
  cause?: unknown
}

/** The one error that netlab throws on purpose; any other is a bug and is shown with its stack. */
export class NetlabError extends Error {
  override readonly name: string = 'NetlabError'
  readonly where: string | undefined
  readonly why: string | undefined
  readonly details: string | undefined
  readonly fix: string | undefined
  readonly exitCode: number

  constructor(facts: ErrorFacts) {
    super(facts.what, { cause: facts.cause })
    this.where = facts.where
    this.why = facts.why
    this.details = facts.details
    this.fix = facts.fix
    this.exitCode = facts.exitCode ?? exitCode.failed
  }
}

/** What the system refused, by the code of its error: in words, and what to do. */
const refusals: Readonly<Record<string, { words: string; fix: string; exitCode: number }>> = {
  ENOSPC: machine('the disk is full', 'make room there, or set NETLAB_STATE_DIR to a folder elsewhere'),
  EDQUOT: machine(
    'your quota there is used up',
    'make room there, or set NETLAB_STATE_DIR to a folder elsewhere',
  ),
  EROFS: machine(
    'it is on a read-only file system',
    'set NETLAB_STATE_DIR to a folder that you can write to',
  ),
  EACCES: machine(
    'you are not allowed to',
    'look who owns it: ls -ld; NETLAB_STATE_DIR names another folder for state',
  ),
  EPERM: machine(
    'you are not allowed to',
    'look who owns it: ls -ld; NETLAB_STATE_DIR names another folder for state',
  ),
  EMFILE: machine('this process may not open more files', 'allow more: ulimit -n 1024'),
  ENFILE: machine('this machine has no room for more open files', 'end some programs, or raise fs.file-max'),
  EAGAIN: machine('you may not start more processes', 'end some programs, or allow more: ulimit -u'),
  ENOMEM: machine('memory has run out', 'end some programs, or take other labs down'),
  EIO: machine('the device failed', 'look at the kernel log: dmesg'),
  ENOENT: wrong('it is not there', 'where a lab was taken down meanwhile nothing is left to do'),
  ENOTDIR: wrong('a part of its path is no folder', 'look at the path'),
  EISDIR: wrong('it is a folder', 'name a file'),
  ELOOP: wrong('it is a link, or links lead in a ring', 'name the file itself'),
  ENAMETOOLONG: wrong('its name is too long', 'choose a shorter one'),
}

function machine(words: string, fix: string) {
  return { words, fix, exitCode: exitCode.machineLacks }
}

function wrong(words: string, fix: string) {
  return { words, fix, exitCode: exitCode.failed }
}

/** An error of the system as one that people can do something about; any other as it is. The one place that reads such codes for them. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof NetlabError) return error
  const { code = '', syscall, path } = error as Error & { code?: string; syscall?: string; path?: string }
  const refusal = refusals[code]
  if (refusal === undefined || syscall === undefined) return error
  const { words, ...rest } = refusal
  return new NetlabError({
    what: `${deeds[syscall] ?? syscall}${path === undefined ? '' : ` ${path}`} failed: ${words}`,
    ...rest,
    cause: error,
  })
}

/** System calls, for people. */
const deeds: Readonly<Record<string, string>> = {
  open: 'opening',
  read: 'reading',
  write: 'writing',
  mkdir: 'making the folder',
  rename: 'renaming',
  unlink: 'removing',
  rmdir: 'removing the folder',
  scandir: 'reading the folder',
}

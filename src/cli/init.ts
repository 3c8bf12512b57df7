import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { firstLab } from '../lab/first-lab.ts'
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

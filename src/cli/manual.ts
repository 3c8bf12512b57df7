import { exitCode } from '../errors.ts'
import { EarlyStart } from './early-start.ts'
import { manPage } from './man-page.ts'
import { packageVersion } from './package-version.ts'
import { openProgram } from './program.ts'

/** The manual page of the whole command line; scripts/generate.mjs writes it to man/netlab.1. */
export async function manual(): Promise<string> {
  return manPage(await openProgram(new EarlyStart()), packageVersion, {
    'EXIT STATUS': [
      [`${exitCode.fine}`, 'Fine.'],
      [`${exitCode.failed}`, 'A check, a step or a command failed.'],
      [`${exitCode.wrongInput}`, 'The lab file, a manifest or the command line is wrong.'],
      [`${exitCode.machineLacks}`, 'This machine lacks something; netlab doctor says what.'],
      [`${exitCode.interrupted}`, 'Ctrl-C.'],
    ],
    ENVIRONMENT: [
      [
        'NETLAB_STATE_DIR',
        "Where what is known of running labs is kept. By default in XDG_RUNTIME_DIR, or in a folder of the user's own in /tmp.",
      ],
      [
        'NETLAB_LAB',
        'The lab that is meant where none is named, also where several run. A name on the command line wins.',
      ],
      ['NO_COLOR, FORCE_COLOR', 'No colours, or colours whatever the output is.'],
    ],
    'SEE ALSO': [['ip(8), iptables(8), nft(8), network_namespaces(7)', 'What the labs are made of.']],
  })
}

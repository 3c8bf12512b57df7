import { parseArgs } from 'node:util'
import { abortOnSignals } from './cli/interrupt.ts'
import { exitCode, explained, NetlabError } from './errors.ts'
import { runInThrowawayVm } from './run/throwaway-vm.ts'
import { kernelNames } from './sandbox/vm/kernels.ts'
import { renderError } from './view/error.ts'
import { openTerminal } from './view/terminal.ts'

const usage = `usage: scripts/in-kernel KERNEL [--memory MIB] [--lab-root] -- COMMAND...

Runs a command as root of a virtual machine with another kernel, which is thrown away afterwards. It sees this machine's
/usr and netlab, reads stdin, and has no network. KERNEL: ${kernelNames.join(', ')}

  --memory MIB  the machine's memory; 2048 by default
  --lab-root    labs there need no user namespace: their root is the machine's, as with netlab up --kernel
`

const { out, err } = openTerminal()
const { signal } = abortOnSignals('interrupted; nothing is left')
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      memory: { type: 'string', default: '2048' },
      'lab-root': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [name, ...argv] = positionals
  const kernel = kernelNames.find(each => each === name)
  const memory = Number(values.memory)
  if (values.help) out.write(usage)
  else if (kernel === undefined || argv.length === 0 || !Number.isInteger(memory) || memory < 512)
    throw new NetlabError({
      what: 'the command line is not understood',
      details: usage,
      exitCode: exitCode.wrongInput,
    })
  else
    process.exitCode = await runInThrowawayVm({
      ...{ kernel, argv, memory, disposable: values['lab-root'], signal },
      brings: () => err.write(`bringing ${kernel} here from Debian's packages, once: 40 MB\n`),
    })
} catch (error) {
  const known = explained(error)
  err.write(renderError(err, known))
  process.exitCode = known instanceof NetlabError ? known.exitCode : exitCode.failed
}
// What the machine still has to say is nobody's any more.
process.exit()

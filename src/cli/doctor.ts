import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import { examine, isFit } from '../sandbox/doctor.ts'
import { renderDoctor, renderDoctorJson } from '../view/doctor-table.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab doctor`: what this machine lacks, and the command that mends it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at what this machine lacks for labs, and say what to type; changes nothing')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: true }) => {
      const findings = await examine()
      const ok = isFit(findings)
      const { out } = openTerminal()
      out.write(options.json ? renderDoctorJson(findings, ok) : renderDoctor(out, findings))
      if (!ok) process.exitCode = exitCode.machineLacks
    })
}

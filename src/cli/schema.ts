import { Command } from 'commander'
import { labJsonSchema } from '../read/schema/json-schema.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab schema`: the JSON Schema of the lab file, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of lab files, with which an editor completes and checks them')
    .action(() => openTerminal().out.write(printableJson(labJsonSchema())))
}

import { Command } from 'commander'
import { labJsonSchema, textsJsonSchema } from '../read/schema/json-schema.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab schema`: the JSON Schema of the lab file, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of lab files, with which an editor completes and checks them')
    .option('--texts', "that of a file with a lab's texts in another language")
    .action(({ texts }: { texts?: true }) =>
      openTerminal().out.write(printableJson(texts ? textsJsonSchema() : labJsonSchema())),
    )
}

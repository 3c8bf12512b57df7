import { Command } from 'commander'
import { servePod } from '../sandbox/serve.ts'

/** `netlab serve`: the server of a lab's pods, as a program of its own; printed plans use it. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('answer HTTP requests with a name and both addresses, as the pods of labs do')
    .argument('<port...>', 'the ports to listen on', (port: string, ports: number[] = []) => [
      ...ports,
      Number(port),
    ])
    .requiredOption('--name <name>', 'who answers')
    .option('--address <address>', 'listen on this address only; on all by default')
    .action((ports: number[], { name, address }: { name: string; address?: string }) =>
      servePod(name, ports, address),
    )
}

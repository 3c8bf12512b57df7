import { Command, InvalidArgumentError } from 'commander'
import { servePod } from '../sandbox/serve.ts'
import { type ServedPort, servedPort } from '../sandbox/served-port.ts'

/** `netlab serve`: the server of a lab's pods, as a program of its own; printed plans use it. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('answer HTTP requests with a name and both addresses, as the pods of labs do')
    .argument('<port...>', 'the ports to listen on; 53/UDP for datagrams', port)
    .requiredOption('--name <name>', 'who answers')
    .option('--address <address>', 'listen on this address only; on all by default')
    .action((ports: ServedPort[], { name, address }: { name: string; address?: string }) =>
      servePod(name, ports, address),
    )
}

function port(text: string, ports: ServedPort[] = []): ServedPort[] {
  const served = servedPort(text)
  if (!/^\d{1,5}(?:\/UDP)?$/.test(text) || served.port < 1 || served.port > 65_535)
    throw new InvalidArgumentError('write a port: 8080, or 53/UDP for datagrams.')
  return [...ports, served]
}

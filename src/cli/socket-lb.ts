import { Argument, Command, Option } from 'commander'
import { host } from '../command/command.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { proxyNodes } from '../model/places.ts'
import { mustBeUp, openLab } from '../run/lab-state.ts'
import { balancesSockets, runSocketLb } from '../run/socket-lb.ts'
import { openTerminal } from '../view/terminal.ts'
import { collect } from './rules-options.ts'

interface SocketLbFlags {
  lab?: string
  node?: string
  protocol?: string
  local?: true
  affinity?: string
  at: string[]
  atNode: string[]
  to: string[]
}

/** `netlab socket-lb`: what the socket load balancer of a lab in ebpf mode holds, and changes of it. */
export function socketLbCommand(): Command {
  return new Command('socket-lb')
    .description(
      'the services that a lab in ebpf mode knows, as its steps change them: set and delete one, list them',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(['list', 'dump', 'set', 'delete']))
    .argument('[service]', 'of set and delete: namespace/name:port')
    .option('--lab <name>', 'the lab; not needed where one lab runs')
    .option('--node <node>', 'whose load balancer; not needed in a lab of one node')
    .addOption(new Option('--protocol <protocol>', 'TCP by default').choices(['TCP', 'UDP']))
    .option('--local', "the service's addresses that lead to this node's endpoints only")
    .option('--affinity <seconds>', 'how long a client stays with its endpoint')
    .option('--at <address:port>', 'where it is reached (repeatable)', collect, [])
    .option('--at-node <address:port>', 'where the node itself reaches it (repeatable)', collect, [])
    .option('--to <address:port>', 'an endpoint (repeatable); none: connections are refused', collect, [])
    .action(async (action: string, service: string | undefined, flags: SocketLbFlags) => {
      const { lab, state, sandbox } = openLab(flags.lab)
      mustBeUp(state)
      if (!balancesSockets(lab)) throw otherMode(lab.name)
      const node = flags.node ?? proxyNodes(lab)[0] ?? host
      const argv = [
        'netlab',
        'socket-lb',
        action,
        ...(service === undefined ? [] : [service]),
        ...options(flags),
      ]
      const { output, failure } = await runSocketLb(sandbox, lab, [{ argv, in: node }])
      if (failure !== undefined)
        throw new NetlabError({ what: failure.stderr, why: 'a load balancer was to be changed' })
      openTerminal().out.write(output)
    })
}

/** As the commands of steps have them. */
function options({ protocol, local, affinity, at, atNode, to }: SocketLbFlags): string[] {
  const each = (option: string, values: readonly string[]) => values.flatMap(value => [option, value])
  return [
    ...each('--protocol', protocol === undefined ? [] : [protocol]),
    ...(local === undefined ? [] : ['--local']),
    ...each('--affinity', affinity === undefined ? [] : [affinity]),
    ...each('--at', at),
    ...each('--at-node', atNode),
    ...each('--to', to),
  ]
}

function otherMode(lab: string): NetlabError {
  return new NetlabError({
    what: `${lab} has no socket load balancer`,
    why: 'only a lab with "proxy: {mode: ebpf}" has one',
    fix: 'netlab rules LAB prints the rules that another lab has',
    exitCode: exitCode.wrongInput,
  })
}

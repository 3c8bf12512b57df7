import { Argument, Command, Option } from 'commander'
import { host } from '../command/command.ts'
import { isChange, mustBeSocketLbCommand } from '../dataplane/socket-commands.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { proxyNodes } from '../model/places.ts'
import { mustBeUp, openLab } from '../run/lab-state.ts'
import { balancesSockets, mustKnowService, runSocketLb, takenWords } from '../run/socket-lb.ts'
import { withLabLocked } from '../run/sync-lock.ts'
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
      const { folder, lab, running, state, sandbox } = openLab(flags.lab)
      mustBeUp(state)
      if (!balancesSockets(lab)) throw otherMode(lab.name)
      const argv = [
        'netlab',
        'socket-lb',
        action,
        ...(service === undefined ? [] : [service]),
        ...options(flags),
      ]
      mustBeSocketLbCommand({ argv })
      const node = nodeFor(lab, action, flags.node)
      const command = { argv, in: node }
      const { out, err } = openTerminal()
      const carryOut = async () => {
        const { output, failure } = await runSocketLb(sandbox, lab, [command])
        if (failure !== undefined)
          throw new NetlabError({ what: failure.stderr, why: 'a load balancer was to be changed' })
        out.write(output)
      }
      if (!isChange(command)) return carryOut()
      await withLabLocked(folder, undefined, async () => {
        if (action === 'delete') await mustKnowService(lab, command)
        const taken = action === 'set' ? await takenWords(running, command) : []
        await carryOut()
        for (const words of taken) err.write(`${words}\n`)
      })
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

/** Whose load balancer is meant; what all have is listed together. Throws NetlabError. */
function nodeFor(lab: Lab, action: string, said: string | undefined): string {
  const nodes = proxyNodes(lab)
  const [only = host, ...others] = nodes
  const fix = `there are: ${nodes.join(', ')}`
  const wrong = (what: string) => new NetlabError({ what, fix, exitCode: exitCode.wrongInput })
  if (said !== undefined && !nodes.includes(said)) throw wrong(`${lab.name} has no node named ${said}`)
  const isChange = action === 'set' || action === 'delete'
  if (said === undefined && others.length > 0 && isChange)
    throw wrong(`--node is missing: each node of ${lab.name} has a load balancer of its own`)
  return said ?? only
}

function otherMode(lab: string): NetlabError {
  return new NetlabError({
    what: `${lab} has no socket load balancer`,
    why: 'only a lab with "proxy: {mode: ebpf}" has one',
    fix: 'netlab rules LAB prints the rules that another lab has',
    exitCode: exitCode.wrongInput,
  })
}

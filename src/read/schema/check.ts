import * as z from 'zod'
import { address, commandLine, name, oneOrMore, type Said, text } from './fields.ts'

const from = oneOrMore(z.string()).meta({
  description:
    "Where the check is tried from: a pod, a machine or `host`; the step's `in` by default, or else the host. With a list, from each of them.",
  examples: ['netns_021'],
})

const within = z
  .number()
  .positive()
  .max(600)
  .meta({
    description: 'Seconds that may pass until what is expected comes true; 5 by default.',
    examples: [5],
  })

const once = z.boolean().meta({
  description: 'The check holds at this step only: `verify` does not repeat it.',
})

const means = text.optional().meta({
  description: 'In a list: what it tells people if it is this one that comes true.',
  examples: ['On this kernel the old way still works.'],
})

const answers = z
  .strictObject({
    backend: oneOrMore(z.string())
      .optional()
      .meta({ description: 'The pod that answers; with a list, one of them.', examples: ['netns_011'] }),
    status: z
      .int()
      .min(100)
      .max(599)
      .optional()
      .meta({ description: 'The HTTP status.', examples: [200] }),
    body: z
      .string()
      .optional()
      .meta({
        description: 'A regular expression that the body matches.',
        examples: ['you are 10\\.0\\.0\\.1'],
      }),
    client: address.optional().meta({ description: "The client's address as the server saw it." }),
    means,
  })
  .meta({ description: 'Something answers.', examples: [{ backend: 'netns_011' }] })

const shares = z
  .strictObject({
    shares: z.union([z.literal('even'), z.record(name, z.number().min(0).max(1))]).meta({
      description:
        'The share of the requests that each pod answers. `even`: all endpoints of the service whose name or cluster IP `curl` has get the same.',
      examples: ['even', { netns_011: 0.5, netns_021: 0.25 }],
    }),
    failed: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: 'The share of the requests that fail; 0 by default.', examples: [0.25] }),
  })
  .meta({ description: 'How many requests spread.', examples: [{ shares: 'even' }] })

const stays = z
  .strictObject({
    stays: z.literal(true).meta({
      description: 'All requests of one client are answered by the same pod, whichever that is.',
    }),
    backend: oneOrMore(z.string())
      .optional()
      .meta({ description: 'That pod; with a list, one of them.', examples: ['netns_011'] }),
  })
  .meta({
    description: 'A client stays with its endpoint, as with `sessionAffinity: ClientIP`.',
    examples: [{ stays: true }],
  })

const failure = z
  .strictObject({
    fails: z.enum(['any', 'refused', 'unreachable', 'timeout']).meta({
      description: 'How it fails; `any`: in whichever way.',
      examples: ['timeout'],
    }),
    means,
  })
  .meta({ description: 'Nothing answers.', examples: [{ fails: 'timeout' }] })

const outcome = z.enum(['ok', 'fails', 'refused', 'unreachable', 'timeout']).meta({
  description:
    '`ok`: something answers. `fails`: any failure. `refused`: answered with a reset. `unreachable`: no route, or answered with an ICMP error. `timeout`: not answered.',
})

/** One thing that may come of a request. */
export const curlExpectation = z.union([outcome, answers, failure, shares, stays])

/** `curl: …`: a request, and what should come of it. */
export const curlCheck = z
  .strictObject({
    curl: z.string().meta({
      description: 'What is asked for: an address or a name, a port, a path.',
      examples: ['10.100.100.100:8080', 'http://http-server:8080/'],
    }),
    from: from.optional(),
    expect: z
      .union([curlExpectation, z.array(curlExpectation).min(1)])
      .optional()
      .meta({
        description: 'What should come of it; `ok` by default. With a list, one of these.',
        examples: ['fails', { backend: 'netns_011' }],
      }),
    requests: z.int().min(1).max(100_000).optional().meta({
      description:
        'How many requests `shares` are taken from, or how many show that a client `stays`; chosen by netlab by default.',
    }),
    within: within.optional(),
    once: once.optional(),
  })
  .meta({ description: 'A request with curl.', examples: [{ curl: '10.0.0.11:8080' }] })

/** `command: …`: any command, and how it should end. */
export const commandCheck = z
  .strictObject({
    command: commandLine.meta({ description: 'The command to try.', examples: ['ping -c 1 10.0.0.1'] }),
    from: from.optional(),
    expect: z
      .union([
        z.literal('fails'),
        z.strictObject({
          exit: z.int().min(0).max(255).optional().meta({ description: 'Its exit code; 0 by default.' }),
          output: z
            .string()
            .optional()
            .meta({ description: 'A regular expression that its output matches.', examples: ['1 received'] }),
          says: text.optional().meta({
            description:
              'With `output`: what that asks for, in words; people read it in place of the pattern.',
            examples: ['no rule of kube-proxy'],
          }),
        }),
      ])
      .optional()
      .meta({
        description: 'How it should end: with exit code 0 by default. `fails`: with any other.',
        examples: [{ output: '1 received' }],
      }),
    within: within.optional(),
    once: once.optional(),
  })
  .meta({ description: 'A command.', examples: [{ command: 'ping -c 1 10.0.0.1' }] })

/** A check as the lab file has it. */
export const check = z
  .union([curlCheck, commandCheck])
  .meta({ description: 'A check.', examples: [{ curl: '10.0.0.11:8080' }] })

export type CheckInput = Said<z.infer<typeof check>>
export type CurlCheckInput = Said<z.infer<typeof curlCheck>>
export type CommandCheckInput = Said<z.infer<typeof commandCheck>>
export type CurlExpectationInput = Said<z.infer<typeof curlExpectation>>

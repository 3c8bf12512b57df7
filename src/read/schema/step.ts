import * as z from 'zod'
import { buildParts, labModes } from '../../model/lab.ts'
import { check } from './check.ts'
import { headline, oneOrMore, type Said, text } from './fields.ts'

const command = z.string().meta({
  description:
    'A command, split into words as a shell splits them, but never given to one: no pipes, no variables.',
  examples: ['iptables --table nat --new HTTP-SERVICE'],
})

const run = z
  .union([
    command,
    z.strictObject({
      run: command,
      in: z
        .string()
        .optional()
        .meta({
          description:
            'Where it runs: a pod, a machine, or `host`, the default where the step has no `in` either.',
          examples: ['netns_011'],
        }),
      undo: z
        .string()
        .optional()
        .meta({
          description: 'The command that takes it back.',
          examples: ['iptables --table nat --delete-chain HTTP-SERVICE'],
        }),
    }),
  ])
  .meta({ description: 'A command to run.', examples: ['ip link set br1 promisc on'] })

/** A step of the lesson. */
export const step = z
  .strictObject({
    title: headline.meta({
      description: 'What the step does, in a few words.',
      examples: ['A virtual IP'],
    }),
    why: text.optional().meta({ description: 'Why it is done: the text of the lesson.' }),
    in: z
      .string()
      .optional()
      .meta({
        description:
          'Where its commands run and its checks are tried from, if they do not say so themselves.',
        examples: ['router'],
      }),
    build: oneOrMore(z.enum(buildParts))
      .optional()
      .meta({
        description:
          'Builds a part of the declared topology at this place of the lesson. Parts that no step names are built before the first step.',
        examples: ['network'],
      }),
    endpoints: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({
        description:
          "From this step on these pods are the service's endpoints, as if its other pods were not ready.",
        examples: [{ 'http-server': ['netns_011'] }],
      }),
    mode: z
      .enum(labModes)
      .optional()
      .meta({
        description:
          'kube-proxy is started anew in this mode: it makes its rules, and takes away those of the mode before. `proxy.mode` says in which it is until then.',
        examples: ['nftables'],
      }),
    cni: z
      .array(
        z
          .string()
          .regex(/^(?:(?:ADD|CHECK|DEL) \S+|CHECK \S+ fails)$/, 'a call is ADD, CHECK or DEL, and a pod')
          .meta({ description: 'A call.', examples: ['CHECK a'] }),
      )
      .optional()
      .meta({
        description:
          'What the container runtime asks of the CNI plugins at this place, before the commands: `ADD`, `CHECK` or `DEL`, and the pod; `CHECK a fails` where it is to find something wrong.',
        examples: [['DEL b', 'ADD b']],
      }),
    run: z
      .array(run)
      .optional()
      .meta({ description: 'Commands, in order.', examples: [['ip link set br1 promisc on']] }),
    check: z
      .array(check)
      .optional()
      .meta({ description: 'What must hold after them.', examples: [[{ curl: '10.0.0.11:8080' }]] }),
    ask: text.optional().meta({
      description: 'A question that `walk` asks before the checks are tried.',
      examples: ['Who answers first?'],
    }),
    answers: z
      .array(text.meta({ description: 'An answer.', examples: ['a'] }))
      .optional()
      .meta({
        description: 'Answers to `ask`, two to six. The first one is right; they are shown in another order.',
        examples: [['Both, in turn', 'Always a', 'Nobody']],
      }),
    because: text.optional().meta({
      description:
        'What the checks show and why it could only come so, or why the first answer is the right one: told after the checks.',
      examples: ['A bridge never sends a frame back through the port that it came in by.'],
    }),
    task: text.optional().meta({
      description: 'What is to be reached, in words: the step is an exercise. It has `goal`, and no `check`.',
      examples: ['a is to reach b again.'],
    }),
    goal: z
      .array(check)
      .optional()
      .meta({
        description: 'Checks that fail after `start`, and are to hold in the end.',
        examples: [[{ curl: '10.0.0.12:8080', from: 'a' }]],
      }),
    start: z
      .array(run)
      .optional()
      .meta({
        description: 'Commands that nobody is shown, after those of `run`: they break what is to be mended.',
        examples: [['ip link set eth0 down']],
      }),
    hints: z
      .array(text.meta({ description: 'A hint.', examples: ['Look at the routes of a.'] }))
      .optional()
      .meta({
        description: 'Hints, in order: the first says least.',
        examples: [['Look at the links of a.']],
      }),
    solution: z
      .array(run)
      .optional()
      .meta({
        description: 'Commands after which `goal` holds.',
        examples: [['ip link set eth0 up']],
      }),
  })
  .meta({ description: 'A step.', examples: [{ title: 'A virtual IP', run: ['…'] }] })

/** A step as it is written. */
export type WrittenStep = z.infer<typeof step>
export type StepInput = Said<WrittenStep>

import * as z from 'zod'
import { oneOrMore } from './fields.ts'

const places = oneOrMore(z.string())

/** Who reaches whom. */
export const reach = z
  .strictObject({
    from: places.optional().meta({ description: 'Who asks; everybody by default.', examples: [['a', 'b']] }),
    to: places.optional().meta({ description: 'Who is asked; everybody by default.', examples: ['web'] }),
    expect: z
      .union([
        z.enum(['ok', 'fails']),
        z.strictObject({
          client: z.string().meta({
            description: "The client's address as the other one sees it; `own`: nothing has written over it.",
            examples: ['own', '10.4.7.21'],
          }),
        }),
      ])
      .optional()
      .meta({
        description:
          'Whether a TCP connection comes about, and as whom. Where no line says it of a pair, it should.',
        examples: ['fails'],
      }),
    ping: z
      .enum(['ok', 'fails'])
      .optional()
      .meta({
        description:
          'Whether a ping is answered, which a firewall may tell apart. Where no line says it of a pair, either is fine.',
        examples: ['fails'],
      }),
  })
  .meta({ description: 'Who reaches whom.', examples: [{ from: 'visitor', to: 'db', expect: 'fails' }] })

export type ReachInput = z.infer<typeof reach>

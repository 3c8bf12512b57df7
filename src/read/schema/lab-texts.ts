import * as z from 'zod'

const title = z
  .string()
  .min(1)
  .meta({ description: 'Its title.', examples: ['网桥上的两个 Pod'] })

function one(description: string) {
  return z.string().optional().meta({ description })
}

function list(description: string) {
  return z.array(z.string()).optional().meta({ description })
}

/** The texts of one step; lists have one for each in the lab, in that order. */
const stepTexts = z
  .strictObject({
    title: title.optional(),
    why: one('Why it is done.'),
    ask: one('The question.'),
    answers: list('Its answers, the right one first.'),
    because: one('What the checks show and why, or why the first answer is the right one.'),
    task: one('What is to be reached.'),
    hints: list('The hints, in order.'),
    means: list('What its checks, and those of its goal, say of what comes true.'),
    says: list('What the patterns of its checks, and of those of its goal, ask for in words.'),
  })
  .meta({ description: 'The texts of a step.', examples: [{ title: '网桥上的两个 Pod' }] })

/** A file with a lab's texts in another language than English. */
export const labTexts = z
  .strictObject({
    title: title.optional(),
    steps: z
      .record(z.string(), stepTexts)
      .optional()
      .meta({
        description: 'By the English title of each step.',
        examples: [{ 'Two pods on a bridge': { title: '网桥上的两个 Pod' } }],
      }),
  })
  .meta({
    title: 'Texts of a netlab lab',
    description: 'What people read of a lab, in another language: LAB.zh.yaml beside LAB.yaml.',
    examples: [{ title: '我的第一个实验' }],
  })

export type TextsInput = z.infer<typeof labTexts>

/** A recorded lesson before it is Markdown or HTML: what it says, and not how that is written. Texts are as labs and programs wrote them. */

/** A piece of a line. */
export type Span = string | { code: string } | { strong: string } | 'break'

export type Block =
  | { kind: 'title' | 'heading'; text: string }
  | { kind: 'paragraph'; spans: readonly Span[] }
  /** Words that their author has set in paragraphs and lists himself. */
  | { kind: 'prose' | 'aside'; text: string }
  | { kind: 'list'; items: readonly (readonly Span[])[] }
  /** Commands and what they print. */
  | { kind: 'console'; lines: readonly string[] }
  /** What a reader opens. */
  | { kind: 'folded'; summary: string; lines: readonly string[] }
  | { kind: 'picture'; picture: Picture }

export interface Picture {
  /** What the file is called where it has one of its own. */
  name: string
  /** What is seen, for whoever does not see it. */
  alt: string
  svg: string
}

/** The pictures of a document. */
export function picturesIn(blocks: readonly Block[]): Picture[] {
  return blocks.flatMap(block => (block.kind === 'picture' ? [block.picture] : []))
}

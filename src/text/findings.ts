import type { Path, SourceDocument } from './document.ts'
import { mostMistakes, type Problem, type Refusal } from './problem.ts'

/** Collects the problems of one document while it is read. */
export class Findings {
  readonly problems: Problem[]
  private readonly document: SourceDocument
  private readonly original: (path: Path) => Path

  /** `original` turns a path of the data that is read into one of the document. */
  constructor(
    document: SourceDocument,
    original: (path: Path) => Path = path => path,
    problems: Problem[] = [],
  ) {
    this.document = document
    this.original = original
    this.problems = problems
  }

  /** The same for a part of the document: paths are relative to it. */
  below(part: Path): Findings {
    return new Findings(this.document, path => this.original([...part, ...path]), this.problems)
  }

  report(path: Path, message: string, fix?: string, on?: 'key' | 'value'): void {
    if (this.problems.length >= mostMistakes) return
    this.problems.push(this.document.problemAt(this.original(path), message, { fix, ...(on && { on }) }))
  }

  /** The value that a reader gave, or undefined after telling why it refused. */
  accept<T extends object>(path: Path, result: T, on?: 'key' | 'value'): Exclude<T, Refusal> | undefined {
    if (!isRefusal(result)) return result as Exclude<T, Refusal>
    this.report(path, result.refusal, result.fix, on)
    return undefined
  }

  lineAt(path: Path): number {
    return this.document.lineAt(this.original(path))
  }
}

function isRefusal(result: object): result is Refusal {
  return 'refusal' in result
}

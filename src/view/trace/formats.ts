import type { TraceReport } from '../../trace/report.ts'
import type { ManyReport } from '../../trace/trace-many.ts'
import { printableJson } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { renderLadderPicture } from './ladder-picture.ts'
import { renderTrace } from './lines.ts'
import { renderTree } from './tree.ts'
import { renderTreePicture } from './tree-picture.ts'

/** What a trace can be printed as. */
export const traceFormats = ['text', 'svg', 'json'] as const
export type TraceFormat = (typeof traceFormats)[number]

/** One request's way in one of the formats. */
export function renderTraceAs(style: Style, report: TraceReport, format: TraceFormat): string {
  if (format === 'text') return renderTrace(style, report)
  return format === 'svg' ? renderLadderPicture(report) : printableJson(report)
}

/** The ways of many requests in one of the formats. */
export function renderManyAs(style: Style, report: ManyReport, format: TraceFormat): string {
  if (format === 'text') return renderTree(style, report)
  return format === 'svg' ? renderTreePicture(report) : printableJson(report)
}

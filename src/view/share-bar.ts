/** Columns of a bar of just the share that is expected. */
const expectedColumns = 8
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/**
 * A share as a bar, in eighths of a column: a backend that gets what the most favoured one should get has a bar of 8 columns, so
 * that differences show with two backends as with fifty. Never longer than 16.
 */
export function shareBar(share: number, greatestExpected: number): string {
  if (greatestExpected <= 0) return ''
  const columns = Math.min((share / greatestExpected) * expectedColumns, 2 * expectedColumns)
  const parts = Math.round(columns * 8)
  // What answered at all is seen.
  const shownParts = share > 0 ? Math.max(1, parts) : 0
  return '█'.repeat(Math.floor(shownParts / 8)) + eighths[shownParts % 8]
}

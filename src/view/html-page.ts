import { printableXml } from './printable.ts'

export interface HtmlPage {
  title: string
  /** Its CSS. */
  style: string
  /** HTML, whatever others have said made harmless in it. */
  body: string
}

/** A page of HTML that asks for nothing from elsewhere and runs nothing: the policy in its head forbids both, whatever a text should smuggle in. */
export function htmlPage({ title, style, body }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${printableXml(title)}</title>
<style>
${style}
</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

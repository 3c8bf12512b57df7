/** What `ip route get` says of a way, without what it says besides. */
export function routeText(text: string): string {
  return text.replace(/ (?:uid|metric|pref|proto|table) \S+| cache| from ::(?= )/g, '').trim()
}

/** What a comment says, the sentence below the rule says as well. */
export function withoutComment(text: string): string {
  return text.replace(/-m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+) ?/g, '').trim()
}

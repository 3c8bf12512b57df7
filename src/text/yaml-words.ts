/** A mistake in people's words. */
export interface Words {
  message: string
  fix?: string
}

const indentation =
  'check the indentation: keys of one map start in the same column, items of a list with "- "'

/** Says in people's words what the YAML parser complains about. */
export function yamlWords(code: string, original: string, found: string, startsLine: boolean): Words {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used as indentation', fix: 'indent with spaces, two for each level' }
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (original.includes('sequence')) {
        return { message: 'this list item is less indented than the items above', fix: indentation }
      }
      return {
        message: 'two keys run together here',
        fix: 'put text that contains ": " in quotes; start the next key in the same column as its neighbours',
      }
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'this is neither a key nor a value',
        fix: 'write "key: value", with a space after the colon',
      }
    case 'BAD_SCALAR_START':
      return { message: `text cannot start with ${found.slice(0, 1)}`, fix: 'put the text in quotes' }
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${found} means nothing in double quotes`,
        fix: 'put the text in single quotes, or write \\\\ for a backslash',
      }
    case 'BAD_ALIAS':
      return {
        message: 'a name is missing after * or &',
        fix: 'put the text in quotes if it starts with * or &',
      }
    case 'MISSING_CHAR':
      return missingCharacter(original)
    case 'BAD_INDENT':
      if (original.startsWith('Flow')) return unclosed(original.includes('map') ? '{' : '[')
      if (original.startsWith('Block scalar')) {
        return {
          message: 'the text after | or > is not indented',
          fix: 'indent it by two spaces more than its key',
        }
      }
      return { message: 'the indentation does not fit the lines above', fix: indentation }
    case 'TAG_RESOLVE_FAILED':
      return { message: `${found} means nothing here`, fix: 'remove it, or put the text in quotes' }
    case 'UNEXPECTED_TOKEN':
      return {
        message: `${found === '' ? 'this' : `"${found}"`} does not belong here`,
        fix: startsLine ? indentation : 'put the whole value in quotes, or start a new line',
      }
    default:
      return { message: original.charAt(0).toLowerCase() + original.slice(1) }
  }
}

function missingCharacter(original: string): Words {
  if (original.includes('quote')) {
    return {
      message: 'this quote is never closed',
      fix: `close it with ${original.includes('"') ? '"' : "'"}`,
    }
  }
  if (original.includes('map values')) {
    return {
      message: 'a key without ":" and a value',
      fix: 'write "key: value", with a space after the colon',
    }
  }
  return { message: original.charAt(0).toLowerCase() + original.slice(1) }
}

function unclosed(open: '{' | '['): Words {
  const close = open === '{' ? '}' : ']'
  return {
    message: `a ${open} is not closed before this line`,
    fix: `add the missing ${close}; lines between ${open} and ${close} are indented more than the key that they belong to`,
  }
}

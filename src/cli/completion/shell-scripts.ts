/**
 * What each shell needs to ask netlab for candidates: a line each, the word, a tab and its description. All that there is to
 * know of verbs, options and labs stays in netlab, so these need not be made again when it learns a new one.
 */
export const shellScripts = {
  bash: `# netlab's completion for bash. In ~/.bashrc:  eval "$(netlab completion bash)"
_netlab() {
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    [[ $word != */ ]] || compopt -o nospace
    printf -v word %q "$word"
    COMPREPLY+=("$word")
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" completion --candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _netlab netlab
`,
  zsh: `#compdef netlab
# netlab's completion for zsh. In ~/.zshrc, after compinit:  eval "$(netlab completion zsh)"
_netlab() {
  local -a described folders
  local line word
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    if [[ $word == */ ]]; then
      folders+=("$word")
    else
      described+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <("\${words[1]/#\\~/$HOME}" completion --candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#folders} )) && compadd -S '' -- $folders
  (( \${#described} )) && _describe netlab described
  (( \${#folders} + \${#described} )) || _files
}
compdef _netlab netlab
`,
  fish: `# netlab's completion for fish. In ~/.config/fish/completions/netlab.fish:  netlab completion fish | source
function __netlab_candidates
    set -l tokens (commandline -opc)
    set -l begun (commandline -ct)
    $tokens[1] completion --candidates -- $tokens[2..-1] "$begun" 2>/dev/null
end
complete --command netlab --arguments '(__netlab_candidates)'
`,
} as const

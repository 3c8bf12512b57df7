# The set-up that scripts/netlab and scripts/test share; they source it with $root set. Each function looks first, without
# starting a process where it can, and does only what is missing. What it does is told on stderr: stdout belongs to the CLI.

. "$root/scripts/debian-packages.sh"

machine_lacks=3 # the exit code: as in src/errors.ts

say() { printf 'netlab: %s\n' "$*" >&2; }

# Tells what is wrong, line by line, and gives up.
give_up() {
  for line; do say "$line"; done
  exit "$machine_lacks"
}

# Runs a command that may take a while: one line on stderr, and all that it printed where it fails.
take_time() { # WHAT COMMAND...
  what=$1
  shift
  printf 'netlab: %s ...' "$what" >&2
  started=$(date +%s)
  if "$@" </dev/null >"$log" 2>&1; then
    printf ' %s s\n' "$(($(date +%s) - started))" >&2
    return 0
  fi
  printf ' failed\n' >&2
  cat "$log" >&2
  return 1
}

# Ends with the exit codes of interrupted programs, and leaves no log behind however it ends.
begin_log() {
  log=$(mktemp "${TMPDIR:-/tmp}/netlab-setup.XXXXXX") || exit "$machine_lacks"
  trap 'rm -f "$log"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

check_node() {
  version=$(node --version 2>/dev/null) || give_up \
    'Node 20.19 or newer is needed, and there is no `node` here.' \
    'Install it from https://nodejs.org or with your system'"'"'s packages, then try again.'
  major=${version#v}
  minor=${major#*.}
  major=${major%%.*}
  minor=${minor%%.*}
  [ "$major" -gt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; } || give_up \
    "Node 20.19 or newer is needed; \`node\` here is $version." \
    'Install a newer one from https://nodejs.org or with your system'"'"'s packages, then try again.'
}

# npm writes .package-lock.json as its last act, so an interrupted installation is not taken for a whole one.
modules_are_fresh() {
  [ -f "$root/node_modules/.package-lock.json" ] &&
    [ ! "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

# scripts/build.mjs writes .built as its last act, dated when it began to read.
build_is_fresh() {
  [ -f "$root/dist/.built" ] && [ -f "$root/dist/bin.js" ] &&
    [ -z "$(find "$root/src" "$root/scripts/build.mjs" "$root/scripts/build" "$root/package.json" "$root/package-lock.json" \
      -newer "$root/dist/.built" 2>&1)" ]
}

set_up_checkout() {
  modules_are_fresh && build_is_fresh && return
  (
    root=$(cd "$root" && pwd) && umask 022 && cd "$root" || exit "$machine_lacks"
    begin_log
    lock_checkout
    modules_are_fresh || install_modules || exit "$machine_lacks"
    build_is_fresh || build || exit "$machine_lacks"
    give_to_owner
  ) || exit
}

# Two set-ups at once take turns. The lock is on a descriptor of a file that is there anyway: nothing to leave behind, and it is
# free when its last holder dies, npm and the build included.
lock_checkout() {
  command -v flock >/dev/null || return 0
  exec 9<"$root/scripts/setup.sh"
  flock --nonblock 9 2>/dev/null && return
  say "another set-up is at work in $root; waiting for it"
  flock 9 2>/dev/null || say 'this file system knows no locks; going on'
}

install_modules() {
  # A lock file that git touched without changing it, as going to another branch and back does.
  if cmp -s package-lock.json node_modules/.installed-lock.json && [ -f node_modules/.package-lock.json ] &&
    touch node_modules/.package-lock.json 2>/dev/null; then
    return
  fi
  must_write node_modules 'its npm packages are missing or not those of package-lock.json'
  command -v npm >/dev/null || give_up \
    'npm is needed, and there is no `npm` here.' \
    'It comes with Node from https://nodejs.org; Debian and Ubuntu have it apart: sudo apt-get install npm'
  take_time 'installing npm packages (a minute at first)' \
    npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --no-update-notifier --loglevel=error || {
    say "installing npm packages failed, see above; by hand: cd $root && npm ci --ignore-scripts"
    return 1
  }
  cp package-lock.json node_modules/.installed-lock.json
}

build() {
  must_write dist 'its build is missing or older than its sources'
  take_time 'building' node scripts/build.mjs || {
    say "the build failed, see above; by hand: cd $root && npm run build"
    return 1
  }
}

# A checkout of somebody else's is used as it is, where it is ready.
must_write() { # FOLDER WHAT-IS-WRONG
  if [ -e "$1" ]; then [ ! -w "$1" ] || return 0; else [ ! -w . ] || return 0; fi
  wrong=$2
  set -- $(ls -ld .) # its third word is the owner, on every system
  give_up "$root belongs to $3, you may not write there, and $wrong." \
    "Ask $3 to run scripts/netlab once, or clone your own copy."
}

# What root installs in somebody's checkout is that person's: to build again tomorrow without root.
give_to_owner() {
  [ "$(id -u)" = 0 ] && [ ! -O . ] || return 0
  chown --recursive --no-dereference --reference=. node_modules dist
}

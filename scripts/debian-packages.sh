# The programs that labs are made with, and the Debian packages that bring them. Sourced by scripts/setup.sh.

# program:package. What every lab needs, and what doctor calls needed.
tools_needed='ip:iproute2 bridge:iproute2 iptables:iptables ip6tables:iptables iptables-restore:iptables iptables-save:iptables
  sysctl:procps unshare:util-linux nsenter:util-linux pivot_root:util-linux setpriv:util-linux setsid:util-linux mount:mount
  conntrack:conntrack curl:curl'

# What some labs, the tests and the benchmark run as well.
tools_for_some='nft:nftables nginx:nginx-light dnsmasq:dnsmasq-base dig:bind9-dnsutils tcpdump:tcpdump ab:apache2-utils ipset:ipset
  ipvsadm:ipvsadm
  /usr/lib/cni/bridge:containernetworking-plugins'

# What labs on other kernels run in and with; scripts/test-kernels and scripts/in-kernel ask for it.
tools_for_kernels='qemu-system-x86_64:qemu-system-x86'

# Installs the packages whose programs are missing, as root; tells everybody else what to type.
install_tools() { # needed|all|kernels
  case $1 in
    needed) find_missing "$tools_needed" ;;
    all) find_missing "$tools_needed $tools_for_some" ;;
    kernels) find_missing "$tools_needed $tools_for_some $tools_for_kernels" ;;
  esac
  set -- $packages
  [ $# -gt 0 ] || return 0
  # The CLI says what to do on another system than Linux.
  [ "$(uname -s)" = Linux ] || return 0
  command -v apt-get >/dev/null || give_up \
    "programs are missing here; on Debian and Ubuntu they come in these packages: $*" \
    'Install what your system calls them. `scripts/netlab doctor` lists the programs.'
  [ "$(id -u)" = 0 ] || give_up 'Debian packages are missing. Install them with:' "  $(install_line "$@")"
  (
    begin_log
    [ -n "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | head -n 1)" ] || update_package_lists || exit
    apt_install "$@" || { update_package_lists && apt_install "$@"; } || exit "$machine_lacks"
  ) || {
    status=$?
    [ "$status" -lt 128 ] || exit "$status"
    give_up 'installing Debian packages failed, see above; by hand:' "  $(install_line "$@")"
  }
}

# Sets $packages to those that bring what is missing. Administrators' programs are not on everybody's PATH.
find_missing() { # TOOLS
  packages=
  users_path=$PATH
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  for tool in $1; do
    command -v "${tool%%:*}" >/dev/null && continue
    case " $packages " in
      *" ${tool#*:} "*) ;;
      *) packages="$packages ${tool#*:}" ;;
    esac
  done
  PATH=$users_path
}

install_line() { # PACKAGES...
  line="sudo apt-get install --no-install-recommends $*"
  case " $* " in
    # Debian starts a web server as soon as it is installed; labs start their own.
    *' nginx-light '*) line="$line && sudo systemctl disable --now nginx" ;;
  esac
  printf '%s' "$line"
}

update_package_lists() { take_time 'apt-get update' apt-get update; }

# Debian starts a service as soon as its package is installed, through one of two programs. apt-get runs in a mount namespace of
# its own in which both are /bin/true: nothing starts, and when apt-get ends there is nothing to put back.
apt_install() { # PACKAGES...
  take_time "apt-get install $*" env PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" unshare --mount --propagation private sh -ec '
    for starter in /usr/sbin/invoke-rc.d /usr/bin/deb-systemd-invoke; do
      [ ! -e "$starter" ] || mount --bind /bin/true "$starter"
    done
    exec "$@"' sh env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" || return
  # Nor does it start with the machine from now on.
  case " $* " in *' nginx-light '*) keep_from_boot nginx ;; esac
}

keep_from_boot() { # SERVICE
  if command -v systemctl >/dev/null; then
    systemctl --quiet disable "$1" >"$log" 2>&1 || cat "$log" >&2
  elif command -v update-rc.d >/dev/null; then
    update-rc.d "$1" disable >"$log" 2>&1 || cat "$log" >&2
  fi
}

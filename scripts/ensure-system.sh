#!/usr/bin/env bash
# Installs the programs that Hlér drives, where they are missing, from the packages of Debian or Ubuntu.
# None of their system services is started or enabled: Hlér runs its own. Idempotent; needs root only to install.
#   ensure-system.sh [nginx] [apache] [pound] [mariadb] [redis] [php] [dns] [acme] [caddy] [e2e]
#   ensure-system.sh tests: all of these but pound, which not every system has; scripts/ensure-pound.sh gets it for the tests
#   without arguments: mariadb, redis, the web server that HLER_HTTP_CONSUMER names (nginx), and what HLER_TLS_CONSUMER names
set -euo pipefail

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
POLICY=/usr/sbin/policy-rc.d
SAVED_POLICY=/usr/sbin/policy-rc.d.hler-saved
MARK="written by ensure-system.sh of Hler, for the time of an installation"

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# What the tests need.
ALL_PARTS=(nginx apache mariadb redis php dns acme caddy e2e)

# program:package
programs_of() {
  case "$1" in
    nginx) echo nginx:nginx ;;
    apache) echo apache2:apache2 ;;
    pound) echo pound:pound ;;
    mariadb) echo mariadbd:mariadb-server mariadb-install-db:mariadb-server ;;
    redis) echo redis-server:redis-server ;;
    php) echo php-fpm:php-fpm ;;
    dns) echo named:bind9 nsupdate:bind9-dnsutils ;;
    acme) echo lego:lego certbot:certbot pebble:pebble pebble-challtestsrv:pebble ;;
    caddy) echo caddy:caddy unshare:util-linux ;;
    e2e) echo openssl:openssl curl:curl sslscan:sslscan sudo:sudo visudo:sudo ;;
    *) die "ensure-system.sh: there is no part called \"$1\"; the parts are ${ALL_PARTS[*]} and pound." ;;
  esac
}

# Some have their version in their name: php-fpm8.2.
has_program() {
  command -v "$1" >/dev/null || compgen -c "$1" | grep -qxE "$1[0-9.]+"
}

missing_packages() {
  local part entry
  for part in "$@"; do
    for entry in $(programs_of "$part"); do
      has_program "${entry%%:*}" || echo "${entry#*:}"
    done
  done | sort -u
}

# Packages start their daemons as they are installed, unless policy-rc.d forbids it.
forbid_starting() {
  restore_policy # what an earlier run that was killed could not
  if [[ -e $POLICY || -L $POLICY ]]; then
    mv -f "$POLICY" "$SAVED_POLICY"
  fi
  trap restore_policy EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  printf '#!/bin/sh\n# %s\nexit 101\n' "$MARK" >"$POLICY"
  chmod 755 "$POLICY"
}

restore_policy() {
  if grep -qsF "$MARK" "$POLICY"; then
    rm -f "$POLICY"
  fi
  if [[ -e $SAVED_POLICY || -L $SAVED_POLICY ]]; then
    mv -f "$SAVED_POLICY" "$POLICY"
  fi
}

# --no-remove: a machine that has MySQL or another web server keeps it.
install_packages() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --no-remove \
    -o DPkg::Lock::Timeout=120 "$@" >&2
}

disable_units() {
  local package unit
  command -v systemctl >/dev/null || return 0
  for package in "$@"; do
    case "$package" in
      nginx) unit=nginx.service ;;
      pound) unit=pound.service ;;
      apache2) unit=apache2.service ;;
      mariadb-server) unit=mariadb.service ;;
      redis-server) unit=redis-server.service ;;
      bind9) unit=named.service ;;
      caddy) unit=caddy.service ;;
      certbot) unit=certbot.timer ;;
      php-fpm) unit=$(basename /lib/systemd/system/php*-fpm.service) ;;
      *) continue ;;
    esac
    systemctl disable --quiet "$unit" 2>/dev/null || say "Note: the unit $unit could not be disabled; it may start with the machine."
  done
}

main() {
  local -a parts=("$@") packages
  ((${#parts[@]})) || parts=("${HLER_HTTP_CONSUMER:-nginx}" mariadb redis ${HLER_TLS_CONSUMER:+"$HLER_TLS_CONSUMER"})
  [[ ${parts[*]} != tests ]] || parts=("${ALL_PARTS[@]}")
  # Unknown parts end here, not in a subshell.
  local part
  for part in "${parts[@]}"; do programs_of "$part" >/dev/null; done
  mapfile -t packages < <(missing_packages "${parts[@]}")
  ((${#packages[@]})) || return 0

  local by_hand="apt-get install --no-install-recommends ${packages[*]}"
  command -v apt-get >/dev/null ||
    die "Missing programs: install ${packages[*]} with the package manager of this system, then start again."
  if ((EUID != 0)); then
    become_root "$by_hand" "${parts[@]}"
  fi

  if [[ " ${packages[*]} " == *" pound "* ]] && ! apt-cache policy pound 2>/dev/null | grep -qE 'Candidate: [0-9]'; then
    die "This system has no package pound (Debian 12 has none): install Pound 4.16 or newer by hand, or unset HLER_TLS_CONSUMER." \
      "scripts/ensure-pound.sh unpacks Debian 13's for the tests."
  fi

  say "Installing ${packages[*]} (without starting their services) ..."
  forbid_starting
  install_packages "${packages[@]}" || { apt-get update -q >&2 && install_packages "${packages[@]}"; } ||
    die "The packages could not be installed; apt-get says why above. By hand, as root: $by_hand"
  disable_units "${packages[@]}"
  mapfile -t packages < <(missing_packages "${parts[@]}")
  ((${#packages[@]} == 0)) || die "Still missing after the installation: ${packages[*]}."
}

# Without a password where that is allowed, else by asking, where there is somebody to ask.
become_root() {
  local by_hand=$1
  shift
  if command -v sudo >/dev/null; then
    if sudo -n true 2>/dev/null; then
      exec sudo -n bash "$0" "$@"
    elif [[ -t 0 && -t 2 ]]; then
      say "Root is needed to install packages; sudo asks for your password. The line to be run: $by_hand"
      exec sudo bash "$0" "$@"
    fi
  fi
  die "Programs are missing, and only root can install them. Run this line as root, then start again:" \
    $'\n'"  $by_hand"
}

main "$@"

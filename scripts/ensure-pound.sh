#!/usr/bin/env bash
# Pound 4 for the tests, without root and without touching the system. Prints the directory that holds `pound`.
# It is the system's own where there is one. Debian 12 has none: then the program, its libraries and its C library are taken
# from a newer suite of the same mirror and unpacked below var/cache/, with a starter that uses that C library.
#   ensure-pound.sh [trixie|sid]
set -euo pipefail
cd "$(dirname "$0")/.."

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
SUITE=${1:-trixie}
CACHE="$PWD/var/cache/pound-$SUITE"
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
PACKAGES=(pound libadns1t64 libssl3t64 libpcre2-8-0 libcrypt1 libc6 zlib1g libzstd1)
[[ $SUITE == trixie ]] || PACKAGES+=(liblua5.4-0 libreadline8t64 libtinfo6)

say() { printf '%s\n' "$*" >&2; }
die() {
  say "Pound 4 is missing, and could not be fetched: $*"
  say "Install the package pound (Debian 13, Ubuntu 24.10 or later), or make the Debian mirror reachable; the tests of the consumer pound need it."
  exit 1
}

is_pound_4() { "$1" -V 2>/dev/null | grep -qE '^pound \(pound\) 4\.'; }

# Debian's own mirror where the machine knows none, as on Ubuntu: the packages are Debian's.
mirror() {
  local known
  known=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1 | tr -d ' ') || true
  echo "${known:-http://deb.debian.org/debian}"
}

# apt with lists, cache and status of its own: nothing of the system's is read but the keyring.
write_apt_configuration() {
  local directory=$1
  mkdir -p "$directory"/{lists/partial,cache/archives/partial,packages}
  : >"$directory/status"
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$(mirror)" "$SUITE" "$KEYRING" >"$directory/suite.sources"
  cat >"$directory/apt.conf" <<CONF
APT::Architecture "$(dpkg --print-architecture)";
APT::Sandbox::User "";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Dir::Etc::sourcelist "$directory/suite.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::Lists "$directory/lists";
Dir::State::status "$directory/status";
Dir::Cache "$directory/cache";
Debug::NoLocking "true";
CONF
}

# Its own loader finds its own libraries, so that none of them leaks into what it starts.
write_starter() {
  local root=$1 starter=$2 loader libraries
  loader=$(find "$root/usr/lib" -name 'ld-linux*.so.*' | head -1)
  libraries=$(dirname "$(find "$root/usr/lib" -name 'libssl.so.3' | head -1)")
  mkdir -p "$(dirname "$starter")"
  printf '#!/bin/sh\nexec "%s" --library-path "%s:%s/usr/lib" --argv0 pound "%s/usr/sbin/pound" "$@"\n' \
    "${loader/#$root/$CACHE/root}" "${libraries/#$root/$CACHE/root}" "$CACHE/root" "$CACHE/root" >"$starter"
  chmod 755 "$starter"
}

fetch() {
  local work package
  { command -v apt-get && command -v dpkg; } >/dev/null || die "there is no apt here."
  [[ -r $KEYRING ]] || die "there is no $KEYRING to verify the packages with (package debian-archive-keyring)."
  say "Fetching Pound 4 from Debian $SUITE into $CACHE ..."
  work=$(mktemp -d "$CACHE.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  write_apt_configuration "$work/apt"
  export APT_CONFIG="$work/apt/apt.conf"
  apt-get update -qq >&2 || die "the lists of packages cannot be read; apt-get says why above."
  (cd "$work/apt/packages" && apt-get download -qq "${PACKAGES[@]}" >&2) || die "the packages cannot be read; apt-get says why above."
  for package in "$work"/apt/packages/*.deb; do dpkg -x "$package" "$work/root"; done
  rm -rf "$work/apt" "$work"/root/usr/share/{doc,locale,lintian,bug,man,i18n} "$work"/root/usr/lib/*/gconv
  write_starter "$work/root" "$work/bin/pound"
  # Whole before it has its name: an interrupted run leaves nothing that looks like one.
  rm -rf "$CACHE"
  chmod 755 "$work"
  mv -T "$work" "$CACHE"
  trap - EXIT
}

if [[ $# -eq 0 ]] && own=$(command -v pound) && is_pound_4 "$own"; then
  dirname "$own"
  exit 0
fi
if ! is_pound_4 "$CACHE/bin/pound"; then
  # Tests that run side by side wait for the first of them.
  mkdir -p "$(dirname "$CACHE")"
  exec 9>"$CACHE.lock"
  flock 9
  is_pound_4 "$CACHE/bin/pound" || fetch
fi
is_pound_4 "$CACHE/bin/pound" || die "what was unpacked does not run on this machine ($(uname -m))."
echo "$CACHE/bin"

#!/usr/bin/env bash
# Ends with a clear message when Node.js is missing or too old for Hlér: 20.19 is the first that loads its packages.
set -euo pipefail

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  printf '%s\n' "Hlér needs Node.js 20.19 or later, with npm: see https://nodejs.org/en/download" >&2
  exit 1
fi
version="$(node -p process.versions.node)"
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  printf '%s\n' "Hlér needs Node.js 20.19 or later; $(command -v node) is $version. See https://nodejs.org/en/download" >&2
  exit 1
fi

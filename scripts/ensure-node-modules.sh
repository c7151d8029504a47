#!/usr/bin/env bash
# Installs the Node packages of the lock file, unless they are there already and not older than it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

if [[ -e node_modules/.package-lock.json && ! package-lock.json -nt node_modules/.package-lock.json ]]; then
  exit 0
fi

say "Installing the Node packages (npm ci) ..."
if ! npm ci --no-audit --no-fund >&2; then
  say "npm ci failed; npm says why above. When it names packages that are missing from the lock file:"
  say "  node scripts/complete-lock.mjs && npm ci"
  say "When a registry cannot be reached, set one that can: npm config set registry <url>"
  exit 1
fi
touch node_modules/.package-lock.json

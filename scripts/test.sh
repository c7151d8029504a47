#!/usr/bin/env bash
# Every check and every tier of tests, from a fresh clone. Goes on after a failure, so that one run shows all of them.
# The last line is `N passed, N failed`; the exit code is 0 only when nothing failed and every tier ran.
set -euo pipefail
cd "$(dirname "$0")/.."

prepare() {
  bash scripts/ensure-node.sh && bash scripts/ensure-node-modules.sh && bash scripts/ensure-system.sh tests
}
if ! prepare; then
  printf '%s\n' "Nothing could be run: what is missing is named above." "0 passed, 1 failed"
  exit 1
fi

# Where it cannot be had, it has just said why; the tests that need it fail and say so; the others run.
bash scripts/ensure-pound.sh >/dev/null ||
  printf '%s\n' "Going on without Pound 4: the tests of the consumer pound will fail." >&2

reports="$(mktemp -d)"
trap 'rm -rf "$reports"' EXIT
results=()

# A step without tests of its own: it counts only when it fails.
step() {
  local name=$1 status=0
  shift
  printf '\n== %s\n' "$name"
  "$@" || status=$?
  results+=("$name=$status=-")
}

# First, and apart from the checks: the tests need the product even when its formatting is at fault.
step build node scripts/build.mjs
step check npm run --silent check

for tier in unit integration e2e; do
  printf '\n== %s\n' "$tier"
  status=0
  npx --no-install vitest run --project "$tier" --reporter=default --reporter=json \
    --outputFile.json="$reports/$tier.json" || status=$?
  results+=("$tier=$status=$reports/$tier.json")
done

printf '\n'
status=0
node scripts/sum-tests.mjs "${results[@]}" || status=$?
exit "$status"

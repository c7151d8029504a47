#!/usr/bin/env bash
# Measures the built product: `npm run bench -- [--write] [sites|queue|scale|start|consumers|storm|acme|graphql|pound]`; every suite when none is named.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/ensure-node-modules.sh
bash scripts/ensure-system.sh
if (($# == 0)) || [[ " $* " == *" acme "* ]]; then
  bash scripts/ensure-system.sh acme apache e2e
fi
node scripts/build.mjs --if-needed

typescript=(node --import @oxc-node/core/register)
if [[ " $* " == *" graphql "* ]]; then
  exec "${typescript[@]}" bench/graphql/run.ts
fi
if [[ ${1:-} == pound ]]; then
  PATH="$(bash scripts/ensure-pound.sh):$PATH" exec "${typescript[@]}" bench/pound/run.ts "${@:2}"
fi
"${typescript[@]}" bench/run.ts "$@"

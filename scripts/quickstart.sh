#!/usr/bin/env bash
# From a fresh clone to a site on HTTPS: gets what is missing, builds, and hands over to `hler quickstart`.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/ensure-node.sh
bash scripts/ensure-node-modules.sh
bash scripts/ensure-system.sh
node scripts/build.mjs --if-needed
exec node bin/hler.js quickstart "$@"

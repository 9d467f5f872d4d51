#!/usr/bin/env bash
# Installs what the tests marked `node` and the accessibility tests use from npm. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")"
npm install --no-audit --no-fund --loglevel=error

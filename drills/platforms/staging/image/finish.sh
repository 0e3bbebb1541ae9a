#!/bin/sh
# Runs once inside the new root, as root, when packages and files are there: trims it, and makes the data folders.
set -eu

# PostgreSQL's JIT compiler is a third of the image, and every server here runs with jit=off.
rm -f /usr/lib/*-linux-gnu/libLLVM* /usr/lib/postgresql/15/lib/llvmjit*
rm -rf /usr/lib/postgresql/15/lib/bitcode /usr/share/doc/* /usr/share/man/* /usr/share/locale/* /var/lib/apt/lists/*

# A new named volume takes content and owner of the folder that it covers.
rm -rf /var/lib/postgresql /var/lib/redis
install -d -o postgres -g postgres -m 0700 /var/lib/postgresql /var/lib/postgresql/site
install -d -o redis -g redis -m 0700 /var/lib/redis
install -d -m 0755 /state /var/lib/agent

python3 -c 'import aiohttp, av, psycopg2, redis'
/usr/local/bin/toxiproxy-server -version

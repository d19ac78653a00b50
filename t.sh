#!/bin/bash
# usage: t.sh module tags
/work/main/.venv/bin/python -W ignore /work/main/.var/odoo -c dev.conf -d portal_1 -u $1 --stop-after-init --test-tags $2 --log-level=${3:-warn} 2>&1 | grep -v "PyPDF2\|Running as user" | grep -A60 "WARNING\|ERROR\|CRITICAL\|FAIL" | tail -${4:-90}; date -u

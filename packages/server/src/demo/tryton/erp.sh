#!/bin/bash
# A real ERP (Tryton 6.0 from Debian 12, on PostgreSQL) with a seeded demo company, on loopback.
#
#   erp.sh install                     apt packages only (root)
#   erp.sh up DIR [--port N] [--pg-port N] [--workers N] [--cache DIR]
#   erp.sh newdb DIR NAME              a fresh seeded database, served at once as URL/NAME/
#   erp.sh dropdb DIR NAME
#   erp.sh status DIR | down DIR       down keeps the template and the databases
#   erp.sh wipe DIR                    down, then removes what `up` made in DIR
#
# `up` may be repeated: packages, cluster, template and server are each made only
# where missing.  Connection facts are left in DIR/erp.env.  With --cache (or
# ERP_CACHE_DIR) the finished template is kept there and the next `up` restores it
# in seconds.  What it does is told on the second channel, a line before each step
# that takes long.  ERP_CUSTOMERS and ERP_PRODUCTS set the size of the seed (default
# 20 and 50).
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PGBIN=/usr/lib/postgresql/15/bin
DB=demo TEMPLATE=demo_template
MODULES="party party_relationship company country currency product
 product_price_list sale sale_discount sale_opportunity sale_price_list sale_supply
 sale_shipment_grouping sale_shipment_cost sale_credit_limit sale_amendment
 account_credit_limit stock stock_supply account account_product
 account_invoice account_invoice_stock carrier purchase purchase_request"

say() { printf '%s\n' "$*" >&2; }
die() { say "erp.sh: $*"; exit 1; }
took() {
  local ms=$(( ($(date +%s%N) - $2) / 1000000 ))
  say "  $1 in $((ms / 1000)).$((ms % 1000 / 100)) s"
}

install_packages() {
  local want=(tryton-server tryton-proteus python3-psycopg2 python3-simpleeval gunicorn) m
  for m in $MODULES; do want+=("tryton-modules-${m//_/-}"); done
  [ -x $PGBIN/postgres ] || want+=(postgresql-15)
  local missing=() p
  for p in "${want[@]}"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" = 0 ] || die "as root: apt-get install --no-install-recommends ${missing[*]}"
  local t; t=$(date +%s%N)
  say "  installing Tryton and PostgreSQL from Debian, packages: ${#missing[@]}, a minute or two ..."
  # a shell with a trap lets the running command end first: no package stays half installed
  trap 'exit 143' TERM INT
  local told
  told=$(apt-get update -qq 2>&1) || say "$told" # perhaps the lists that are there will do
  told=$(DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}" 2>&1) || { say "$told"; die "apt-get install failed"; }
  trap - TERM INT
  took "installed" "$t"
}

# PostgreSQL refuses to run as root: use Debian's postgres account then
as_pg() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
sql() {
  PGOPTIONS='-c client_min_messages=warning' psql -qAtX -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$PGPORT" -U tryton -d "${2:-template1}" -c "$1"
}

pg_up() {
  local pg=$DIR/pg
  if [ ! -s "$pg/data/PG_VERSION" ]; then
    mkdir -p "$pg/data" "$pg/run"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$pg"; as_pg test -x "$DIR" || chmod o+x "$DIR"; fi
    as_pg test -w "$pg/data" || die "account postgres cannot reach $pg (a parent folder is closed)"
    as_pg $PGBIN/initdb -D "$pg/data" -A trust -U tryton -E UTF8 --locale=C.UTF-8 >"$DIR/initdb.log" 2>&1
    # a throw-away test cluster: no fsync
    printf '%s\n' "listen_addresses='127.0.0.1'" "fsync=off" "synchronous_commit=off" \
      "full_page_writes=off" "max_connections=200" "unix_socket_directories='$pg/run'" \
      | as_pg tee -a "$pg/data/postgresql.conf" >/dev/null
  fi
  as_pg $PGBIN/pg_ctl -D "$pg/data" status >/dev/null 2>&1 ||
    as_pg $PGBIN/pg_ctl -D "$pg/data" -s -w -l "$pg/data/server.log" -o "-p $PGPORT" start
}

write_conf() {
  cat >"$DIR/trytond.conf" <<CONF
[database]
uri = postgresql://tryton@127.0.0.1:$PGPORT/
[web]
listen = 127.0.0.1:$PORT
[attachment]
filestore = false
CONF
}

have_db() { [ -n "$(sql "select 1 from pg_database where datname='$1'")" ]; }
clone_db() { sql "create database \"$2\" template \"$1\""; } # from to
drop_db() { sql "drop database if exists \"$1\" with (force)"; }

# a cached template fits only the same seed, module list and server version
cache_file() {
  [ -n "$CACHE" ] || return 0
  mkdir -p "$CACHE"
  local key; key=$({ cat "$HERE/seed.py"; echo "$MODULES $ADMIN_PASSWORD $SYNC_PASSWORD $SEED_SIZE"
    dpkg-query -W -f '${Version}' tryton-server; date +%Y; } | sha256sum | cut -c1-16)
  echo "$CACHE/tryton-$key"
}
restore_template() { # work file
  sql "create database \"$1\""
  pg_restore -h 127.0.0.1 -p "$PGPORT" -U tryton -d "$1" --no-owner -j 2 "$2"
}
save_template() { # file
  pg_dump -h 127.0.0.1 -p "$PGPORT" -U tryton -Fc -f "$1.$$" $TEMPLATE && mv "$1.$$" "$1"
}

build_template() {
  have_db $TEMPLATE && return 0
  local work=${TEMPLATE}_new cache t
  cache=$(cache_file)
  drop_db $work
  if [ -n "$cache" ] && [ -s "$cache" ]; then
    t=$(date +%s%N)
    restore_template $work "$cache"
    publish_template $work
    took "restored the seeded template from the cache" "$t"
    return 0
  fi
  say "  making a company with its ledger, customers, products and stock: a minute, once ..."
  sql "create database \"$work\""
  printf %s "$ADMIN_PASSWORD" >"$DIR/admin.pw"; chmod 600 "$DIR/admin.pw"
  t=$(date +%s%N)
  # shellcheck disable=SC2086
  TRYTONPASSFILE=$DIR/admin.pw trytond-admin -c "$DIR/trytond.conf" -d $work -u $MODULES \
    --activate-dependencies --email admin@example.com >"$DIR/init.log" 2>&1 ||
    { tail -5 "$DIR/init.log" >&2; die "database initialisation failed"; }
  took "made an empty database" "$t"; t=$(date +%s%N)
  # shellcheck disable=SC2086
  ERP_SYNC_PASSWORD=$SYNC_PASSWORD /usr/bin/python3 -W ignore "$HERE/seed.py" $SEED_SIZE \
    --config "$DIR/trytond.conf" --database $work >"$DIR/seed.log" 2>&1 ||
    { tail -5 "$DIR/seed.log" >&2; die "seeding failed"; }
  took "seeded the demo company" "$t"
  publish_template $work
  [ -z "$cache" ] || save_template "$cache"
}
publish_template() { sql "alter database \"$1\" rename to \"$TEMPLATE\""; }

answers() { # a bare Debian has no curl
  /usr/bin/python3 - "http://127.0.0.1:$PORT/" 2>/dev/null <<'PY'
import sys, urllib.request
body = b'{"id":1,"method":"common.server.version","params":[]}'
headers = {'content-type': 'application/json'}
urllib.request.urlopen(urllib.request.Request(sys.argv[1], body, headers), timeout=5).read()
PY
}
alive() { [ -s "$DIR/trytond.pid" ] && kill -0 "$(cat "$DIR/trytond.pid")" 2>/dev/null; }

server_up() {
  if alive && answers; then say "  already up"; return 0; fi
  answers && die "port $PORT is taken by another server"
  local t; t=$(date +%s%N)
  if [ "$WORKERS" -gt 1 ]; then
    TRYTOND_CONFIG=$DIR/trytond.conf TRYTOND_DATABASE_NAMES=$DB nohup setsid /usr/bin/gunicorn \
      -w "$WORKERS" -b "127.0.0.1:$PORT" --timeout 300 trytond.application:app \
      >"$DIR/trytond.log" 2>&1 </dev/null &
  else
    nohup setsid /usr/bin/trytond -c "$DIR/trytond.conf" -d $DB >"$DIR/trytond.log" 2>&1 </dev/null &
  fi
  echo $! >"$DIR/trytond.pid"
  for _ in $(seq 600); do answers && break; alive || break; sleep 0.1; done
  answers || { tail -5 "$DIR/trytond.log" >&2; die "trytond did not start"; }
  took "Tryton answers" "$t"
}

cmd=${1:-}; [ -n "$cmd" ] || { sed -n '2,16p' "${BASH_SOURCE[0]}" >&2; exit 2; }; shift
if [ "$cmd" = install ]; then install_packages; exit; fi
DIR=${1:?target directory}; shift
ADMIN_PASSWORD=${ERP_ADMIN_PASSWORD:-admin-demo-pw}
SYNC_PASSWORD=${ERP_SYNC_PASSWORD:-sync-demo-pw}
SEED_SIZE="--customers ${ERP_CUSTOMERS:-20} --products ${ERP_PRODUCTS:-50}"
PORT=18069 PGPORT=18432 WORKERS=1 CACHE=${ERP_CACHE_DIR:-}
if [ "$cmd" = up ]; then mkdir -p "$DIR"; fi
DIR=$(cd "$DIR" && pwd)
# shellcheck disable=SC1091
[ -r "$DIR/erp.settings" ] && . "$DIR/erp.settings"

case $cmd in
up)
  while [ $# -gt 0 ]; do case $1 in
    --port) PORT=$2; shift 2 ;;
    --pg-port) PGPORT=$2; shift 2 ;;
    --workers) WORKERS=$2; shift 2 ;;
    --cache) CACHE=$2; shift 2 ;;
    *) die "unknown option $1" ;;
  esac; done
  printf '%s\n' "PORT=$PORT" "PGPORT=$PGPORT" "WORKERS=$WORKERS" >"$DIR/erp.settings"
  install_packages
  pg_up
  write_conf
  build_template
  have_db $DB || clone_db $TEMPLATE $DB
  server_up
  printf '%s\n' "ERP_URL=http://127.0.0.1:$PORT" "ERP_DB=$DB" "ERP_USER=sync" \
    "ERP_PASSWORD=$SYNC_PASSWORD" "ERP_ADMIN_USER=admin" "ERP_ADMIN_PASSWORD=$ADMIN_PASSWORD" >"$DIR/erp.env"
  cat "$DIR/erp.env" ;;
newdb) have_db "${1:?name}" && die "$1 exists"; clone_db $TEMPLATE "$1" ;;
dropdb) case ${1:?name} in "$TEMPLATE" | "$DB") die "not that one" ;; esac; drop_db "$1" ;;
status)
  if alive && answers; then echo "up http://127.0.0.1:$PORT"; else echo down; exit 1; fi ;;
down | wipe)
  if alive; then
    pid=$(cat "$DIR/trytond.pid"); kill "$pid"
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -0 "$pid" 2>/dev/null && kill -9 "$pid"
  fi
  rm -f "$DIR/trytond.pid"
  if [ -s "$DIR/pg/data/postmaster.pid" ]; then
    as_pg $PGBIN/pg_ctl -D "$DIR/pg/data" -s -m fast stop || true
  fi
  if [ "$cmd" = wipe ]; then
    rm -rf "$DIR/pg"
    rm -f "$DIR"/{trytond.conf,trytond.log,init.log,initdb.log,seed.log,admin.pw,erp.env,erp.settings}
  fi ;;
*) die "unknown command $cmd" ;;
esac

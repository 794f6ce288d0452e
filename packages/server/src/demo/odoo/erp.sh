#!/bin/bash
# A real ERP (Odoo 19 Community, Debian's own package, on PostgreSQL) with a seeded demo company,
# on loopback.
#
#   erp.sh install                     apt packages only (root)
#   erp.sh up DIR [--port N] [--pg-port N] [--cache DIR]
#   erp.sh newdb DIR NAME              a fresh seeded database, served at once: X-Odoo-Database: NAME
#   erp.sh dropdb DIR NAME
#   erp.sh status DIR | down DIR       down keeps the program, the template and the databases
#   erp.sh wipe DIR                    down, then removes what `up` made in DIR
#
# `up` may be repeated: packages, program, cluster, template and server are each made only
# where missing.  Connection facts are left in DIR/erp.env.  With --cache (or ERP_CACHE_DIR)
# the unpacked program and the finished template are kept there and the next `up` restores
# them in seconds.  What it does is told on the second channel, a line before each step that
# takes long.  ODOO_CRON=1 at `up` starts the scheduler too.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PYTHON=/usr/bin/python3 # Debian's own: another python3 on PATH lacks Debian's libraries
PGBIN=/usr/lib/postgresql/15/bin
PACKAGE=odoo-19
DB=demo TEMPLATE=demo_template
MODULES="contacts crm sale_management sale_crm stock sale_stock stock_delivery account base_vat
 base_automation"
# what the package needs at run time, under bookworm's names
LIBS="asn1crypto babel cbor2 chardet cryptography dateutil decorator docutils freezegun geoip2 gevent
 greenlet idna jinja2 libsass lxml magic markupsafe num2words ofxparse openpyxl openssl passlib pil
 polib psutil psycopg2 pypdf pypdf2 qrcode reportlab requests rjsmin serial stdnum tz urllib3 usb
 vobject werkzeug xlrd xlsxwriter xlwt zeep"
APT="-q -o Acquire::Retries=3 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60
 -o DPkg::Lock::Timeout=300"

say() { printf '%s\n' "$*" >&2; }
die() { say "erp.sh: $*"; exit 1; }
now() { date +%s%N; }
took() {
  local ms=$(( ($(now) - $2) / 1000000 ))
  say "  $1 in $((ms / 1000)).$((ms % 1000 / 100)) s"
}
fail_log() { tail -n 15 "$1" >&2 || true; die "$2"; }

install_packages() {
  local want=() missing=() p
  [ -x $PGBIN/postgres ] || want+=(postgresql-15)
  for p in $LIBS; do want+=("python3-$p"); done
  for p in "${want[@]}"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" = 0 ] || die "as root: apt-get install --no-install-recommends ${missing[*]}"
  local t told; t=$(now)
  say "  installing what Odoo needs from Debian, packages: ${#missing[@]}, a minute ..."
  # a shell with a trap lets the running command end first: no package stays half installed
  trap 'exit 143' TERM INT
  # shellcheck disable=SC2086
  told=$(timeout 300 apt-get update $APT 2>&1) || say "$told" # perhaps the lists that are there will do
  # RUNLEVEL=1: install, do not start Debian's own PostgreSQL service
  # shellcheck disable=SC2086
  told=$(RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive timeout 900 apt-get install -y $APT \
    --no-install-recommends "${missing[@]}" 2>&1) || { say "$told"; die "apt-get install failed"; }
  trap - TERM INT
  took "installed" "$t"
}

# the machine's own Debian mirror, as apt knows it; empty while apt has no lists
mirror() {
  local code; code=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get indextargets --format '$(CREATED_BY)|$(RELEASE)|$(REPO_URI)' 2>/dev/null |
    awk -F'|' -v c="$code" '$1=="Packages" && $2==c {print $3; exit}'
}

# the newest PACKAGE of the unstable suite, through a private apt configuration: the
# system's sources, lists and package state are not touched.  Signatures are checked, the age
# of the suite's index is not: a frozen mirror serves an old one
download() { # target file
  local t uri apt=$DIR/apt key=/usr/share/keyrings/debian-archive-keyring.gpg
  t=$(now); uri=$(mirror)
  say "  fetching the package $PACKAGE from Debian, 120 MB ..."
  if [ -z "$uri" ]; then
    # shellcheck disable=SC2086
    [ "$(id -u)" != 0 ] || timeout 300 apt-get update $APT >/dev/null 2>&1 || true
    uri=$(mirror)
  fi
  [ -n "$uri" ] || die "apt knows no Debian source of this release with lists (apt-get update as root?)"
  rm -rf "$apt"; mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/deb"
  if [ -r $key ]; then key="signed-by=$key"; else key=; fi
  echo "deb [target=Packages arch=$(dpkg --print-architecture) $key] $uri unstable main" \
    >"$apt/sources.list"
  printf '%s\n' "Dir::Etc::sourcelist \"$apt/sources.list\";" 'Dir::Etc::sourceparts "/dev/null";' \
    'Dir::Etc::preferences "/dev/null";' 'Dir::Etc::preferencesparts "/dev/null";' \
    "Dir::State::lists \"$apt/lists\";" "Dir::Cache \"$apt/cache\";" \
    'APT::Sandbox::User "root";' 'Acquire::Check-Valid-Until "false";' >"$apt/apt.conf"
  # shellcheck disable=SC2086
  APT_CONFIG=$apt/apt.conf timeout 300 apt-get update $APT >"$DIR/apt.log" 2>&1 ||
    fail_log "$DIR/apt.log" "no index of the unstable suite from the machine's Debian mirror"
  # shellcheck disable=SC2086
  (cd "$apt/deb" && APT_CONFIG=$apt/apt.conf timeout 600 apt-get download $APT $PACKAGE) \
    >>"$DIR/apt.log" 2>&1 ||
    fail_log "$DIR/apt.log" "no package $PACKAGE in the unstable suite (or the download failed)"
  mv "$apt"/deb/*.deb "$1.part.$$"
  mv "$1.part.$$" "$1"
  rm -rf "$apt"
  took "fetched $PACKAGE $(dpkg-deb -f "$1" Version)" "$t"
}

# the unpacked program; with a cache it lies there, for all that are started from it
program() {
  [ -s "$APP/.complete" ] && return 0
  local t deb=$DIR/$PACKAGE.deb home=${CACHE:-$DIR} part free
  rm -rf "$APP"
  if [ -n "$CACHE" ] && [ -s "$CACHE/$PACKAGE/.complete" ]; then
    ln -s "$CACHE/$PACKAGE" "$APP"
    return 0
  fi
  # what somebody left who was stopped
  find "$home" -maxdepth 1 -name "$PACKAGE.part.*" -mmin +60 -exec rm -rf {} +
  free=$(df -Pm "$home" | awk 'NR==2 {print $4}')
  [ "$free" -gt 1500 ] || die "less than 1.5 GB free under $home"
  download "$deb"
  t=$(now); part=$home/$PACKAGE.part.$$; mkdir "$part"
  # without translations and country packs: a third of the size
  dpkg-deb --fsys-tarfile "$deb" |
    tar x -C "$part" --no-same-owner --exclude='*/i18n/*' --exclude='*/addons/l10n_*' ||
    die "unpacking the package failed"
  [ -s "$part/$LIBRARY/odoo/release.py" ] && [ -d "$part/$LIBRARY/addons/sale_stock" ] ||
    die "unexpected layout of $PACKAGE"
  dpkg-deb -f "$deb" Version >"$part/.complete"
  rm -f "$deb"
  if [ -n "$CACHE" ]; then # where two unpack at once, the first stays
    mv -T "$part" "$CACHE/$PACKAGE" 2>/dev/null || rm -rf "$part"
    ln -s "$CACHE/$PACKAGE" "$APP"
  else mv "$part" "$APP"; fi
  took "unpacked" "$t"
}

# PostgreSQL refuses to run as root: use Debian's postgres account then
as_pg() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
sql() {
  PGOPTIONS='-c client_min_messages=warning' psql -qAtX -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$PGPORT" -U odoo -d template1 -c "$1"
}
busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

pg_up() {
  local pg=$DIR/pg
  if [ ! -s "$pg/data/PG_VERSION" ]; then
    rm -rf "$pg"; mkdir -p "$pg/data" "$pg/run"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$pg"; as_pg test -x "$DIR" || chmod o+x "$DIR"; fi
    as_pg test -w "$pg/data" || die "account postgres cannot reach $pg (a parent folder is closed)"
    as_pg $PGBIN/initdb -D "$pg/data" -A trust -U odoo -E UTF8 --locale=C.UTF-8 >"$DIR/initdb.log" 2>&1 ||
      fail_log "$DIR/initdb.log" "initdb failed"
    # a throw-away test cluster: no fsync
    printf '%s\n' "listen_addresses='127.0.0.1'" "fsync=off" "synchronous_commit=off" \
      "full_page_writes=off" "max_connections=200" "max_wal_size=4GB" "unix_socket_directories='$pg/run'" \
      | as_pg tee -a "$pg/data/postgresql.conf" >/dev/null
  fi
  as_pg $PGBIN/pg_ctl -D "$pg/data" status >/dev/null 2>&1 && return 0
  busy "$PGPORT" && die "port $PGPORT is taken (another PostgreSQL?): choose --pg-port"
  as_pg $PGBIN/pg_ctl -D "$pg/data" -s -w -t 60 -l "$pg/data/server.log" -o "-p $PGPORT" start ||
    fail_log "$pg/data/server.log" "PostgreSQL did not start"
}

write_conf() {
  cat >"$DIR/odoo.conf" <<CONF
[options]
db_host = 127.0.0.1
db_port = $PGPORT
db_user = odoo
http_interface = 127.0.0.1
http_port = $PORT
workers = 0
max_cron_threads = ${ODOO_CRON:-0}
data_dir = $DIR/data
addons_path = $SITE/addons
list_db = False
dbfilter = ^(?!.*_template)
publisher_warranty_url = http://127.0.0.1:9/
admin_passwd = $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
limit_time_real = 1200
CONF
  chmod 600 "$DIR/odoo.conf"
}
# Odoo's own program or a script of ours inside its libraries
inside() {
  (cd "$DIR" && PYTHONPATH=$SITE PYTHONDONTWRITEBYTECODE= PYTHONUNBUFFERED=1 \
    exec timeout 1500 $PYTHON -W ignore "$@")
}

have_db() { [ -n "$(sql "select 1 from pg_database where datname='$1'")" ]; }
drop_db() { sql "drop database if exists \"$1\" with (force)"; rm -rf "$DIR/data/filestore/$1"; }
clone_db() { sql "create database \"$2\" template \"$1\""; } # from to

# a cached template fits only the same seed, module list, passwords and server version,
# and grows old: the seeded dates are those of the day it was made
cache_name() {
  [ -n "$CACHE" ] || return 0
  find "$CACHE" -maxdepth 1 -name 'odoo-*.dump' -mtime +45 -delete
  local key; key=$({ cat "$HERE/seed.py" "$APP/.complete"
    echo "$MODULES $ADMIN_PASSWORD $USER_PASSWORD"; } | sha256sum | cut -c1-16)
  echo "$CACHE/odoo-$key"
}

build_template() {
  if have_db $TEMPLATE && [ -s "$DIR/keys.env" ]; then return 0; fi
  local work=${TEMPLATE}_work cache t
  cache=$(cache_name)
  drop_db $work; drop_db $TEMPLATE
  t=$(now)
  sql "create database \"$work\" template template0 encoding 'UTF8'"
  if [ -n "$cache" ] && [ -s "$cache.dump" ] && [ -s "$cache.env" ]; then
    timeout 300 pg_restore -h 127.0.0.1 -p "$PGPORT" -U odoo -d "$work" --no-owner -j 2 "$cache.dump" \
      >"$DIR/restore.log" 2>&1 ||
      fail_log "$DIR/restore.log" "restoring $cache.dump failed: remove it and repeat"
    sql "alter database \"$work\" rename to \"$TEMPLATE\""
    install -m 600 "$cache.env" "$DIR/keys.env"
    took "restored the seeded template from the cache" "$t"
    return 0
  fi
  say "  making a company with its ledger, customers, products and stock: a minute, once ..."
  inside "$APP/usr/bin/odoo" -c "$DIR/odoo.conf" -d $work -i "$(tr -s " \n" , <<<"$MODULES" | sed "s/,$//")" \
    --stop-after-init --no-http >"$DIR/init.log" 2>&1 ||
    fail_log "$DIR/init.log" "installing the modules failed"
  grep -q 'Modules loaded' "$DIR/init.log" || fail_log "$DIR/init.log" "installing the modules failed"
  took "installed the modules" "$t"; t=$(now)
  ODOO_SEED_ADMIN_PASSWORD=$ADMIN_PASSWORD ODOO_SEED_PASSWORD=$USER_PASSWORD inside "$HERE/seed.py" \
    --config "$DIR/odoo.conf" --database $work --keys "$DIR/keys.made" >"$DIR/seed.log" 2>&1 ||
    fail_log "$DIR/seed.log" "seeding failed"
  took "seeded the demo company" "$t"
  sql "alter database \"$work\" rename to \"$TEMPLATE\""
  mv "$DIR/keys.made" "$DIR/keys.env"
  if [ -n "$cache" ]; then
    pg_dump -h 127.0.0.1 -p "$PGPORT" -U odoo -Fc -f "$cache.part.$$" $TEMPLATE
    # two that fill it at once must not leave the keys of one beside the database of the other
    ( flock 9
      install -m 600 "$DIR/keys.env" "$cache.env"
      mv "$cache.part.$$" "$cache.dump" ) 9>"$cache.lock"
  fi
}

ask() { # path, then a body, a database and a key when it is no page; prints the answer
  $PYTHON - "http://127.0.0.1:$PORT$1" "${@:2}" 2>/dev/null <<'PY'
import sys, urllib.request
address, *rest = sys.argv[1:]
headers = {'content-type': 'application/json'}
if rest:
    headers.update({'X-Odoo-Database': rest[1], 'Authorization': f'bearer {rest[2]}'})
request = urllib.request.Request(address, rest[0].encode() if rest else None, headers)
print(urllib.request.urlopen(request, timeout=60).read().decode())
PY
}
answers() { ask /web/version | grep -q '"19\.'; }
served() { ask /json/2/res.users/context_get '{}' "$1" "$2" >/dev/null; }
# only a process that really is this DIR's server
alive() {
  [ -s "$DIR/odoo.pid" ] && kill -0 "$(cat "$DIR/odoo.pid")" 2>/dev/null &&
    tr '\0' ' ' <"/proc/$(cat "$DIR/odoo.pid")/cmdline" 2>/dev/null | grep -qF "$DIR/odoo.conf"
}

server_up() {
  # shellcheck disable=SC1091
  . "$DIR/keys.env"
  if alive && answers; then say "  already up"; return 0; fi
  alive && die "the server of $DIR runs but does not answer: erp.sh down first"
  busy "$PORT" && die "port $PORT is taken by another server: choose --port"
  local t; t=$(now)
  (cd "$DIR" && PYTHONPATH=$SITE exec nohup setsid $PYTHON -W ignore "$APP/usr/bin/odoo" \
    -c "$DIR/odoo.conf" -d $DB >"$DIR/odoo.log" 2>&1 </dev/null) &
  echo $! >"$DIR/odoo.pid"
  for _ in $(seq 600); do busy "$PORT" && break; alive || sleep 0.3; alive || break; sleep 0.1; done
  answers || fail_log "$DIR/odoo.log" "the server did not start"
  served $DB "$ODOO_API_KEY" ||
    fail_log "$DIR/odoo.log" "the server answers, but not with database $DB and the seeded key"
  took "Odoo answers" "$t"
}

server_down() {
  if alive; then
    local pid; pid=$(cat "$DIR/odoo.pid"); kill "$pid"
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    ! kill -0 "$pid" 2>/dev/null || kill -9 "$pid" || true
  fi
  rm -f "$DIR/odoo.pid"
  [ ! -s "$DIR/pg/data/postmaster.pid" ] || as_pg $PGBIN/pg_ctl -D "$DIR/pg/data" -s -m fast -t 60 stop ||
    true
}

name_ok() {
  [[ $1 =~ ^[a-z][a-z0-9_-]{0,40}$ && $1 != *_template* ]] ||
    die "a database name is a-z 0-9 _ -, without _template"
}

cmd=${1:-}; [ -n "$cmd" ] || { sed -n '2,17p' "${BASH_SOURCE[0]}" >&2; exit 2; }; shift
for tool in apt-get dpkg-deb runuser; do
  command -v $tool >/dev/null || die "$tool is missing: this script is for Debian 12"
done
if [ "$cmd" = install ]; then install_packages; exit; fi
DIR=${1:?target directory}; shift
ADMIN_PASSWORD=${ODOO_ADMIN_PASSWORD:-admin-demo-pw}
USER_PASSWORD=${ODOO_PASSWORD:-crossfoot-demo-pw}
PORT=18169 PGPORT=18532 CACHE=${ERP_CACHE_DIR:-}
if [ "$cmd" = up ]; then mkdir -p "$DIR"; fi
DIR=$(cd "$DIR" 2>/dev/null && pwd) || die "no such directory"
# shellcheck disable=SC1091
[ -r "$DIR/erp.settings" ] && . "$DIR/erp.settings"
LIBRARY=usr/lib/python3/dist-packages
APP=$DIR/app SITE=$DIR/app/$LIBRARY

case $cmd in
up)
  while [ $# -gt 0 ]; do case $1 in
    --port) PORT=${2:?port}; shift 2 ;;
    --pg-port) PGPORT=${2:?port}; shift 2 ;;
    --cache) CACHE=${2:?folder}; shift 2 ;;
    *) die "unknown option $1" ;;
  esac; done
  [ "$(uname -s)" = Linux ] && [ -r /etc/debian_version ] || die "Debian 12 only"
  [ -z "$CACHE" ] || { mkdir -p "$CACHE"; CACHE=$(cd "$CACHE" && pwd); }
  # say so before anything is begun
  alive || ! busy "$PORT" || die "port $PORT is taken by another server: choose --port"
  [ -s "$DIR/pg/data/postmaster.pid" ] || ! busy "$PGPORT" ||
    die "port $PGPORT is taken (another PostgreSQL?): choose --pg-port"
  printf '%s\n' "PORT=$PORT" "PGPORT=$PGPORT" >"$DIR/erp.settings"
  install_packages
  [ -x $PGBIN/postgres ] || die "no PostgreSQL 15 in $PGBIN: this script is for Debian 12"
  program
  pg_up
  [ -s "$DIR/odoo.conf" ] && alive || write_conf
  build_template
  have_db $DB || clone_db $TEMPLATE $DB
  server_up
  # shellcheck disable=SC1091
  . "$DIR/keys.env"
  # shellcheck disable=SC2153
  printf '%s\n' "ERP_URL=http://127.0.0.1:$PORT" "ERP_DB=$DB" "ERP_VERSION=$(cat "$APP/.complete")" \
    "ERP_USER=$ODOO_USER" "ERP_KEY=$ODOO_API_KEY" "ERP_PASSWORD=$USER_PASSWORD" \
    "ERP_ADMIN_USER=$ODOO_ADMIN_USER" "ERP_ADMIN_KEY=$ODOO_ADMIN_API_KEY" \
    "ERP_ADMIN_PASSWORD=$ADMIN_PASSWORD" "ERP_READER_USER=$ODOO_READER_USER" \
    "ERP_READER_KEY=$ODOO_READER_API_KEY" >"$DIR/erp.env"
  chmod 600 "$DIR/erp.env"
  cat "$DIR/erp.env" ;;
newdb) name_ok "${1:?name}"; have_db "$1" && die "$1 exists"; clone_db $TEMPLATE "$1" ;;
dropdb) name_ok "${1:?name}"; case $1 in "$DB") die "not that one" ;; esac; drop_db "$1" ;;
status)
  if alive && answers; then echo "up http://127.0.0.1:$PORT"; else echo down; exit 1; fi ;;
down) server_down ;;
wipe)
  server_down
  rm -rf "$DIR/pg" "$DIR/app" "$DIR/apt" "$DIR/data"
  rm -f "$DIR"/{odoo.conf,odoo.log,init.log,initdb.log,seed.log,restore.log,apt.log} \
    "$DIR"/{keys.env,keys.made,erp.env,erp.settings,odoo-19.deb} "$DIR"/odoo-19.deb.part.* ;;
*) die "unknown command $cmd" ;;
esac

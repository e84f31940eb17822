#!/bin/sh
# Installs what building, demo and tests need on Debian: distribution packages, then those of test/package.json from
# npm.
#
# Idempotent, and silent when nothing is missing. The server is the one that PG_CONFIG names (pg_config when unset),
# and the system's own version of PostgreSQL when that names none. What of a server is packaged is installed; one that
# somebody built or got elsewhere is only checked for being complete. With `lint` or `sanitize` as argument, what these
# goals need too.
set -eu
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "deps: $*"; }
fail() { printf '%s\n' "deps: $*" >&2; exit 1; }

BUILD='g++ make cmake ninja-build pkg-config libphonenumber-dev libcurl4-openssl-dev libpq-dev libspdlog-dev
    libcli11-dev nlohmann-json3-dev prometheus-cpp-dev libcpp-httplib-dev libgtest-dev libgmock-dev
    libsodium-dev'
TESTS='clang-format shellcheck patch perl spin libtap-parser-sourcehandler-pgtap-perl util-linux curl ca-certificates
    chromium python3-psycopg python3-psycopg2 python3-sqlalchemy python3-django'
LINT='clang-tidy'
SANITIZE='clang libclang-rt-dev valgrind'
# shellcheck source=tools/oldest/versions
. tools/oldest/versions

# True if the pg_config named $1 belongs to a server that extensions can be built for.
builds_extensions() { makefile=$("$1" --pgxs 2>/dev/null) && [ -f "$makefile" ]; }

node_is_recent() {
    version=$(node --version 2>/dev/null) || return 1
    [ "$(printf '%s\n' "$NODE_OLDEST" "${version#v}" | sort -V | head -n 1)" = "$NODE_OLDEST" ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

no_cluster=/etc/postgresql-common/createcluster.d/telephony-no-main-cluster.conf
log=
trap '[ -z "$log" ] || as_root rm -f "$no_cluster" "$log"' EXIT
trap 'exit 130' INT TERM

install() {
    say "installing: $*"
    [ -n "$log" ] || log=$(mktemp)
    { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"; } >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        fail "apt-get could not install: $*"
    }
}

# The major version of the system's own PostgreSQL: that of its package without a number.
own_major() {
    own=$(apt-cache depends --important postgresql 2>/dev/null \
        | sed -n 's/^ *Depends: postgresql-\([0-9][0-9]*\)$/\1/p')
    [ -n "$own" ] && printf '%s\n' "$own"
}

command -v dpkg-query >/dev/null \
    || fail "not a Debian system; install the equivalents of: $BUILD $TESTS," \
        "and PostgreSQL $POSTGRESQL_OLDEST or later with its development files and pgTAP"

pg_config=${PG_CONFIG:-pg_config}
packaged=/usr/lib/postgresql/
if builds_extensions "$pg_config"; then
    major=$("$pg_config" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
    programs=$("$pg_config" --bindir)
elif [ -z "${PG_CONFIG:-}" ] || [ "$PG_CONFIG" = pg_config ]; then
    major=$(own_major) || { as_root apt-get update >/dev/null && major=$(own_major); } \
        || fail "this system has no package postgresql: name a server with PG_CONFIG="
    programs=$packaged$major/bin
else
    case $PG_CONFIG in
        "$packaged"[0-9]*/bin/pg_config) programs=${PG_CONFIG%/*} major=${PG_CONFIG#"$packaged"} major=${major%%/*} ;;
        *) fail "PG_CONFIG=$PG_CONFIG cannot build extensions: install that server's development files," \
            "or leave PG_CONFIG unset to use the system's own PostgreSQL" ;;
    esac
fi
[ "$major" -ge "$POSTGRESQL_OLDEST" ] \
    || fail "PostgreSQL $major is too old: $POSTGRESQL_OLDEST or later is needed; name such a server with PG_CONFIG="

wanted="$BUILD $TESTS"
case ${1:-} in
    lint) wanted="$wanted $LINT" ;;
    sanitize) wanted="$wanted $SANITIZE" ;;
esac
case $programs in
    "$packaged"*) wanted="$wanted postgresql-$major postgresql-server-dev-$major postgresql-$major-pgtap" ;;
    *) [ -f "$("$pg_config" --sharedir)/extension/pgtap.control" ] \
        || fail "the server of $pg_config has no pgTAP: install it there" ;;
esac
node_is_recent || wanted="$wanted nodejs"
command -v npm >/dev/null || wanted="$wanted npm"

# dpkg-query exits 1 when it does not know some of the packages: those are the ones wanted here.
# shellcheck disable=SC2086
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null) || true
missing=
for package in $wanted; do
    case "
$installed
" in
        *"
installed $package
"*) ;;
        *) missing="$missing $package" ;;
    esac
done

if [ -n "$missing" ]; then
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail "packages are missing and there is no sudo; as root: apt-get install --no-install-recommends$missing"
    fi
    # Debian creates and starts a cluster on port 5432 with the server package. Nothing here uses it, and what a
    # demo leaves running is a surprise, so that is switched off while the package is installed.
    as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    # shellcheck disable=SC2086
    install $missing
fi

node_is_recent || fail "node $(node --version) is too old: $NODE_OLDEST or later is needed; remove it, or upgrade it"
builds_extensions "$pg_config" || fail "$pg_config does not name a server that extensions can be built for"

# Unpacks a package's program in build/ and installs only the libraries that it needs: the package itself would start a
# server, now and after every boot.
unpack() {
    root=build/$1 program=build/$1/usr/sbin/$1
    [ -x "/usr/sbin/$1" ] || [ -x "$program" ] || {
        say "unpacking $1 in $root"
        mkdir -p "$root"
        apt-cache show "$1" >/dev/null 2>&1 || as_root apt-get update >/dev/null || fail "apt-get update failed"
        (cd "$root" && apt-get download "$1" && dpkg-deb --extract "$1"_*.deb . && rm "$1"_*.deb) >/dev/null 2>&1 \
            || fail "apt-get could not download $1"
    }
    [ -x "$program" ] && ldd "$program" | grep -q 'not found' || return 0
    libraries=$(apt-cache depends --important "$1" | sed -n 's/^ *|*Depends: \(lib[^ ]*\)$/\1/p')
    # shellcheck disable=SC2086
    install $libraries
}
unpack nginx
unpack pgbouncer

# npm is slow even with nothing to do, so the lock that was installed is kept beside what it installed.
lock=test/package-lock.json
stamp=test/node_modules/.installed-lock.json
if ! cmp -s "$lock" "$stamp"; then
    say "installing PostgREST and what the tests take from npm"
    npm --prefix test ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null \
        || fail "npm ci failed in test/"
    cp "$lock" "$stamp"
fi

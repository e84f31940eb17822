#!/bin/sh
# Says in one line which of server, compiler and libsodium is too old to build the extension, and which version is
# needed; silent when none is. Usage: refuse.sh PG_CONFIG CXX. What is missing altogether is for others to say.
set -eu
pg_config=$1
compiler=$2
# shellcheck source=tools/oldest/versions
. "${0%/*}/versions"

# True if version $2 is $1 or later.
reaches() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

refuse() {
    printf '%s\n' "$*"
    exit 0
}

server=$("$pg_config" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
reaches "$POSTGRESQL_OLDEST" "$server" \
    || refuse "PostgreSQL $server ($pg_config) is too old: $POSTGRESQL_OLDEST or later is needed;" \
        "name such a server with PG_CONFIG="

# What the compiler's preprocessor makes of a text.
# shellcheck disable=SC2086 # CXX may be a program with arguments
preprocessed() { printf '%b' "$1" | $compiler -E -P -x c++ - 2>/dev/null | grep -v '^$' | tail -n 1; }

# clang calls itself GCC 4 as well, and so its own name is asked first.
versions=$(preprocessed '__clang_major__ __GNUC__\n')
clang=${versions% *} gxx=${versions#* }
needed="g++ $GXX_OLDEST or later is needed, or clang $CLANG_OLDEST; name it with CXX="
case $clang:$gxx in
    [0-9]*:*) reaches "$CLANG_OLDEST" "$clang" || refuse "clang $clang ($compiler) is too old: $needed" ;;
    *:[0-9]*) reaches "$GXX_OLDEST" "$gxx" || refuse "g++ $gxx ($compiler) is too old: $needed" ;;
esac

sodium=$(preprocessed '#include <sodium.h>\nSODIUM_VERSION_STRING\n' | tr -d '"')
case $sodium in
    [0-9]*) reaches "$LIBSODIUM_OLDEST" "$sodium" \
        || refuse "libsodium $sodium is too old: $LIBSODIUM_OLDEST or later is needed" ;;
esac

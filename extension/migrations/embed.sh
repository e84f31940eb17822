#!/bin/sh
# Turns the migration files into the install-script piece that defines telephony.embedded_migrations(). Usage: embed.sh DIRECTORY > piece.sql
set -eu
dir=$1
cat <<'SQL'
-- Made by extension/migrations/embed.sh from the migration files: do not edit.
CREATE FUNCTION telephony.embedded_migrations(OUT version integer, OUT name text, OUT up_sql text, OUT down_sql text)
RETURNS SETOF record
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $embedded_migrations$
BEGIN
SQL
expected=1
for up in "$dir"/[0-9][0-9][0-9][0-9]_*.up.sql; do
    file=$(basename "$up" .up.sql)
    number=${file%%_*}
    down=$dir/$file.down.sql
    if [ "$number" != "$(printf '%04d' "$expected")" ]; then
        echo "embed.sh: expected migration $(printf '%04d' "$expected"), found $file" >&2
        exit 1
    fi
    if [ ! -f "$down" ]; then
        echo "embed.sh: $file has no down file" >&2
        exit 1
    fi
    if grep -q -e '\$migration\$' -e '\$embedded_migrations\$' "$up" "$down"; then
        echo "embed.sh: $file uses a quote that is reserved for embedding" >&2
        exit 1
    fi
    printf 'version := %d; name := %s;\nup_sql := $migration$' "$expected" "'${file#*_}'"
    cat "$up"
    printf '$migration$;\ndown_sql := $migration$'
    cat "$down"
    printf '$migration$;\nRETURN NEXT;\n'
    expected=$((expected + 1))
done
cat <<'SQL'
END
$embedded_migrations$;
COMMENT ON FUNCTION telephony.embedded_migrations() IS 'The migrations this version carries: number, name and the SQL of both ways.';
REVOKE ALL ON FUNCTION telephony.embedded_migrations() FROM PUBLIC;
SQL

# Turns the files of the tenant schema into the piece of the install script that carries them:
#
#   awk -f embed.awk tables/releases tables/*.sql functions/*/*.sql > piece.sql
#
# tables/releases             a line a version: its number, the release that brought it
# tables/NNNN_name.up.sql     tables, rows, indexes, policies of version NNNN; .down.sql takes them away.
#                             Never a function.
# functions/AREA/name.sql     what is set in place: the function of that name, its exposed twin (or a view), each with
#                             its COMMENT, under a line `-- tier: TIER[, TIER]`, which says who may call what follows.
#                             Behind a view, the comments on its columns and its trigger.
#
# A line `-- tier: TIER PRIVILEGE OBJECT`, in a file of tables, says what a tier may beyond that: USAGE on a schema,
# EXECUTE on a function of the engine. What does not keep to this is named, and the build fails.

function complain(text) {
    printf "%s\n", text > "/dev/stderr"
    failed = 1
}

# Whether a line `-- tier:` names tiers that there are.
function known_tiers(list, where,    i, n, names) {
    n = split(list, names, /, */)
    for (i = 1; i <= n; i++)
        if (names[i] !~ /^(anon|tenant|service|operator|sidecar|owner)$/) {
            complain(where ": unknown tier: " names[i] " (anon, tenant, service, operator, sidecar, owner)")
            return 0
        }
    return n > 0
}

# What a tier may do with an object; `owner` is nobody else.
function allow(list, privilege, object,    i, n, names) {
    n = split(list, names, /, */)
    gsub(/timestamptz/, "timestamp with time zone", object)
    for (i = 1; i <= n; i++)
        if (names[i] != "owner")
            privileges = privileges sprintf("tier := '%s'; privilege := '%s'; object := '%s'; RETURN NEXT;\n",
                                            names[i], privilege, object)
}

# The name of what a CREATE or COMMENT statement is about, without the arguments: schema.name
function name_in(statement, keyword,    rest) {
    rest = statement
    sub("^.*" keyword " ", "", rest)
    sub(/[^a-z0-9_.].*$/, "", rest)
    return rest
}

# A statement of a file of functions has ended.
function end_statement(    plain, rest, signature) {
    if (statement ~ /^CREATE (FUNCTION|VIEW) /) {
        if (pending != "") complain(pending_file ": " pending " has no COMMENT: COMMENT ON ... IS is one line")
        kind = statement ~ /^CREATE VIEW / ? "VIEW" : "FUNCTION"
        pending = name_in(statement, "CREATE " kind)
        pending_file = FILENAME
        if (tier == "") complain(FILENAME ": " pending " has no line `-- tier: ...` above it")
        plain = pending
        sub(/^.*\./, "", plain)
        if (plain in home && home[plain] != FILENAME)
            complain("two homes for " plain ": " home[plain] " and " FILENAME)
        home[plain] = FILENAME
        if (plain == file_name) own_name = 1
        definition = statement
    } else if (statement ~ /^COMMENT ON (FUNCTION|VIEW) /) {
        if (pending == "" || name_in(statement, "COMMENT ON " kind) != pending) {
            complain(FILENAME ": a COMMENT on " name_in(statement, "COMMENT ON (FUNCTION|VIEW)") \
                     " does not follow what it is about")
            return
        }
        pending = ""
        rest = statement
        sub("^COMMENT ON " kind " ", "", rest)
        signature = rest
        sub(/ IS[ \n].*$/, "", signature)
        sub(/^.*\) IS[ \n]+/, "", rest)
        sub(/;\n$/, "", rest)
        if (kind == "VIEW") {
            allow(tier, "SELECT", signature)
            view = signature
            view_comments = statement
            view_definition = definition
        } else {
            allow(tier, "EXECUTE", signature)
            functions = functions "signature := '" signature "'; definition := $tenant$" definition \
                        "$tenant$; comment := " rest "; comments := NULL; RETURN NEXT;\n"
        }
    } else if (statement ~ /^(COMMENT ON COLUMN|CREATE OR REPLACE TRIGGER) / && view != "")
        view_comments = view_comments statement
    else complain(FILENAME ": neither a function, a view nor their comments: " substr(statement, 1, 60))
}

# The file of functions before has ended.
function end_functions() {
    if (!in_functions) return
    if (statement != "") complain(last_file ": the last statement does not end")
    if (pending != "") complain(pending_file ": " pending " has no COMMENT: COMMENT ON ... IS is one line")
    if (!own_name) complain(last_file ": " file_name " is not in the file that has its name")
    if (view != "")
        views = views "signature := '" view "'; definition := $tenant$" view_definition \
                "$tenant$; comment := NULL; comments := $tenant$" view_comments "$tenant$; RETURN NEXT;\n"
    statement = pending = view = ""
    in_functions = 0
}

FNR == 1 {
    end_functions()
    last_file = FILENAME
    tier = ""
    file_name = FILENAME
    sub(/^.*\//, "", file_name)
    if (FILENAME ~ /(^|\/)functions\//) {
        in_functions = 1
        own_name = 0
        sub(/\.sql$/, "", file_name)
    } else if (file_name ~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.(up|down)\.sql$/) {
        number = substr(file_name, 1, 4) + 0
        if (!(number in release)) complain(FILENAME ": there is no version " number " in tables/releases")
        going = file_name ~ /\.up\.sql$/ ? "up" : "down"
        sub(/\.(up|down)\.sql$/, "", file_name)
        there[going, file_name] = FILENAME
        if (going == "up") steps[++step_count] = file_name
    } else if (file_name != "releases")
        complain(FILENAME ": neither NNNN_name.up.sql nor NNNN_name.down.sql")
}

/\$(tenant|embedded)\$/ { complain(FILENAME ": line " FNR " uses a quote that is reserved for embedding") }

file_name == "releases" {
    if ($0 ~ /^#/ || NF == 0) next
    if ($1 != newest + 1) complain(FILENAME ": version " $1 " does not follow version " newest + 0)
    newest = $1 + 0
    release[newest] = $2
    next
}

/^-- tier: / {
    tier = substr($0, 10)
    if (!in_functions && $4 ~ /^(USAGE|SELECT|EXECUTE)$/) {
        known_tiers($3, FILENAME)
        allow($3, $4, substr($0, index($0, $4) + length($4) + 1))
        tier = ""
    } else known_tiers(tier, FILENAME)
    if (in_functions) next
}

!in_functions {
    if (toupper($0) ~ /^ *CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)/)
        complain(FILENAME ": line " FNR " makes a function: functions stand in functions/AREA/NAME.sql")
    if (tier != "" && $0 ~ /^CREATE (TABLE|VIEW) /) {
        allow(tier, "SELECT", name_in($0, "CREATE (TABLE|VIEW)"))
        tier = ""
    }
    text[going, file_name] = text[going, file_name] $0 "\n"
    next
}

statement == "" && (/^--/ || /^$/) { next }

{
    statement = statement $0 "\n"
    if (statement ~ /^CREATE FUNCTION / ? /\$\$;$/ : /;$/) {
        end_statement()
        statement = ""
    }
}

END {
    end_functions()
    if (newest == 0) complain("tables/releases names no version")
    for (i = 1; i <= step_count; i++)
        if (!(("down", steps[i]) in there))
            complain(there["up", steps[i]] ": there is no " steps[i] ".down.sql beside it")
    if (failed) exit 1

    print "-- Made by extension/tenant/embed.awk from the files of the tenant schema: do not edit."
    head("migrations", "OUT version integer, OUT name text, OUT up_sql text, OUT down_sql text")
    for (n = 1; n <= newest; n++) {
        printf "version := %d; name := '%s';\nup_sql := $tenant$", n, release[n]
        for (i = 1; i <= step_count; i++)
            if (substr(steps[i], 1, 4) + 0 == n) printf "%s", text["up", steps[i]]
        printf "$tenant$;\ndown_sql := $tenant$"
        for (i = step_count; i >= 1; i--)
            if (substr(steps[i], 1, 4) + 0 == n) printf "%s", text["down", steps[i]]
        print "$tenant$;\nRETURN NEXT;"
    }
    tail("migrations", "The versions of the tenant schema''s tables: number, release and the SQL of both ways.")

    head("functions", "OUT version integer, OUT kind text, OUT signature text, OUT definition text, " \
         "OUT comment text, OUT comments text")
    printf "version := %d; kind := 'FUNCTION';\n%skind := 'VIEW';\n%s", newest, functions, views
    tail("functions", "The functions of the newest version of the tenant schema, then its views that are set as they " \
         "are: signature, CREATE statement, and the comment, or the statements that make the comments.")

    head("privileges", "OUT version integer, OUT tier text, OUT privilege text, OUT object text")
    printf "version := %d;\n%s", newest, privileges
    tail("privileges", "What each tier may do in the newest version of the tenant schema, by the tier lines of " \
         "its files.")
}

function head(what, columns) {
    printf "\nCREATE FUNCTION telephony.embedded_%s(%s)\nRETURNS SETOF record\n", what, columns
    print "LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp\nAS $embedded$\nBEGIN"
}

function tail(what, comment) {
    printf "END\n$embedded$;\nCOMMENT ON FUNCTION telephony.embedded_%s() IS '%s';\n", what, comment
}

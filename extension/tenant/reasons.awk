# Makes something of the file of reason codes, which says at its head what it holds:
#
#   awk -v make=WHAT -f reasons.awk reasons
#
# WHAT: sql (the function telephony_internal.reason_codes()), header (constants of C++), markdown (the table of
# docs/reasons.md), or nothing but the check. What is no reason code is named with its line, and the exit code is 1.

function complain(text) {
    printf "%s:%d: %s\n", FILENAME, at, text > "/dev/stderr"
    failed = 1
}

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

function read_entry(    parts, words, code) {
    if (entry == "") return
    if (split(entry, parts, /\|/) != 3 || split(trim(parts[1]), words, /[ \t]+/) != 2) {
        complain("CODE STATUS | what it means | what to do")
        return
    }
    code = words[1]
    if (code !~ /^[a-z][a-z_0-9]*$/) complain(code " is no name of a code")
    if (words[2] !~ /^([45][0-9][0-9]|-)$/) complain(code ": " words[2] " is neither a status of refusals nor -")
    if (code in known) complain(code " is there already")
    known[code] = 1
    codes[++count] = code
    status[count] = words[2]
    meaning[count] = trim(parts[2])
    advice[count] = trim(parts[3])
    if (meaning[count] == "" || advice[count] == "") complain(code " says nothing")
}

function quoted(text) {
    gsub(/'/, "''", text)
    return "'" text "'"
}

function in_c(text) {
    gsub(/["\\]/, "\\\\&", text)
    return "\"" text "\""
}

/^[ \t]*(#|$)/ { next }
/^[ \t]/ { entry = entry " " trim($0); next }
{ read_entry(); entry = $0; at = FNR }

END {
    read_entry()
    if (failed) exit 1
    if (make == "sql") {
        print "-- tier: anon"
        print "CREATE FUNCTION telephony_internal.reason_codes(OUT code text, OUT status integer, OUT meaning text,"
        print "    OUT advice text) RETURNS SETOF record"
        print "LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp\nAS $$\n    VALUES"
        for (i = 1; i <= count; i++)
            printf "        (%s, %s, %s,\n            %s)%s\n", quoted(codes[i]),
                status[i] == "-" ? "NULL::integer" : status[i], quoted(meaning[i]), quoted(advice[i]),
                i < count ? "," : ""
        print "$$;"
        print "COMMENT ON FUNCTION telephony_internal.reason_codes() IS"
        print "    'The reason codes: the status that a refusal with it has (NULL: it is not refused with), what it " \
            "means, and what to do.';"
    }
    if (make == "header") {
        print "// Made by extension/tenant/reasons.awk from the file of reason codes: do not edit.\n#pragma once\n"
        print "#include <string_view>\n\nnamespace telephony {\n"
        print "/// A reason code; status 0: calls are not refused with it.\nstruct Reason {\n    std::string_view " \
            "code;\n    int status;\n    std::string_view advice;\n};\n\nnamespace reasons {"
        for (i = 1; i <= count; i++)
            printf "\n/// %s\ninline constexpr Reason %s{\"%s\", %d,\n    %s};\n", meaning[i], codes[i], codes[i],
                status[i] == "-" ? 0 : status[i], in_c(advice[i])
        print "\n}  // namespace reasons\n}  // namespace telephony"
    }
    if (make == "markdown") {
        print "| code | status | means | what to do |\n|---|---|---|---|"
        for (i = 1; i <= count; i++)
            printf "| `%s` | %s | %s | %s |\n", codes[i], status[i] == "-" ? "" : status[i], meaning[i], advice[i]
    }
}

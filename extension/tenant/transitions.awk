# Makes something of the file of transitions, which says at its head what it holds:
#
#   awk -v make=WHAT -f transitions.awk transitions
#
# WHAT: sql (the function of the tenant schema that `part` names: set_machines, which writes MACHINE_transitions,
# MACHINE_states and MACHINE_event_rules; is_ended; contract), header (enums and tables of C++), model (the table of the
# model, of machine `job` or the one that `model_of` names), mermaid (a picture of each machine), or nothing but the
# check. What does not fit together is named with its line, and the exit code is 1.

function complain(line, text) {
    printf "%s:%d: %s\n", FILENAME, line, text > "/dev/stderr"
    failed = 1
}

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

# The rest of the entry from word `first` on, as it stands.
function rest_of(text, first,    i) {
    for (i = 1; i < first; i++) sub(/^[ \t]*[^ \t]+[ \t]*/, "", text)
    return trim(text)
}

function is_name(text) { return text ~ /^[a-z][a-z_]*$/ }

# ---- reading

function read_contract(    n, words) {
    n = split(entry, words, /[ \t]+/)
    if (n != 4 || words[3] != "serves" || words[2] !~ /^[1-9][0-9]*$/ || words[4] !~ /^[1-9][0-9]*$/ ||
        words[4] + 0 > words[2] + 0)
        complain(at, "contract NUMBER serves OLDEST, with OLDEST not above NUMBER")
    if (contract != "") complain(at, "a second contract")
    contract = words[2]
    serves = words[4]
}

function read_machine(    n, words) {
    n = split(entry, words, /[ \t]+/)
    if (n != 2 || !is_name(words[2])) complain(at, "machine NAME")
    machine = words[2]
    if (machine in state_count) complain(at, "machine " machine " is there already")
    machines[++machine_count] = machine
    state_count[machine] = event_count[machine] = row_count[machine] = 0
}

function read_state(    n, words, parts, parts_count, name) {
    parts_count = split(entry, parts, /\|/)
    n = split(trim(parts[1]), words, /[ \t]+/)
    name = words[2]
    if (n < 3 || n > 4 || !is_name(name)) {
        complain(at, "state NAME WORKER [BEGINNING] [| waits for | bounded by]")
        return
    }
    if ((machine, name) in state_line) { complain(at, "state " name " is there already"); return }
    if (words[3] !~ /^(sidecar|operator|nobody)$/) complain(at,
        "state " name ": " words[3] " is none of sidecar, operator, nobody")
    if (words[3] != "nobody" && parts_count != 3) complain(at,
        "state " name ": whom does it wait for, and what bounds the wait?")
    if (words[3] == "nobody" && parts_count != 1) complain(at, "state " name " has ended: it waits for nothing")
    states[machine, ++state_count[machine]] = name
    state_line[machine, name] = at
    worker[machine, name] = words[3]
    begins[machine, name] = words[4]
    waits_for[machine, name] = trim(parts[2])
    bounded_by[machine, name] = trim(parts[3])
}

function read_event(    n, words, parts, parts_count, name, senders, i) {
    parts_count = split(entry, parts, /\|/)
    n = split(trim(parts[1]), words, /[ \t]+/)
    name = words[2]
    if (n < 2 || n > 4 || !is_name(name) || parts_count > 2) {
        complain(at, "event NAME SENDERS [ends-attempt] [| what it carries]")
        return
    }
    if ((machine, name) in event_line) { complain(at, "event " name " is there already"); return }
    n = words[3] == "ends-attempt" ? 0 : split(words[3], senders, /,/)
    if (n == 0) complain(at, "event " name ": nobody sends it")
    for (i = 1; i <= n; i++)
        if (senders[i] !~ /^(sidecar|database|operator|tenant)$/)
            complain(at, "event " name ": " senders[i] " is none of sidecar, database, operator, tenant")
    if (words[4] != "" && words[4] != "ends-attempt") complain(at, "event " name ": what is " words[4] "?")
    events[machine, ++event_count[machine]] = name
    event_line[machine, name] = at
    sent_by[machine, name] = words[3]
    ends_attempt[machine, name] = words[4] == "ends-attempt"
    carries[machine, name] = trim(parts[2])
    n = split(carries[machine, name], words, /[ \t]+/)
    for (i = 1; i <= n; i++)
        if (words[i] !~ /^[a-z][a-z_]*[?]?$/) complain(at, "event " name ": " words[i] " names no member")
}

function read_row(    n, words, i) {
    n = split(entry, words, /[ \t]+/)
    if (n < 5) {
        complain(at, "neither contract, machine, state, event nor FROM EVENT TO WHEN_CANCELLED meaning: " entry)
        return
    }
    if ((machine, words[1], words[2]) in row_of) {
        complain(at, words[1] " " words[2] " stands in line " \
            row_line[machine, row_of[machine, words[1], words[2]]] " already")
        return
    }
    i = ++row_count[machine]
    row_of[machine, words[1], words[2]] = i
    row_line[machine, i] = at
    from[machine, i] = words[1]
    event[machine, i] = words[2]
    to[machine, i] = words[3]
    when_cancelled[machine, i] = words[4] == "-" ? "" : words[4]
    meaning[machine, i] = rest_of(entry, 5)
}

function read_entry() {
    if (entry == "") return
    if (entry ~ /^contract[ \t]/) read_contract()
    else if (entry ~ /^machine[ \t]/) read_machine()
    else if (machine == "") complain(at, "this belongs to a machine, and none has begun: " entry)
    else if (entry ~ /^state[ \t]/) read_state()
    else if (entry ~ /^event[ \t]/) read_event()
    else read_row()
    entry = ""
}

/^[ \t]*(#|$)/ { next }
/^[ \t]/ { entry = entry " " trim($0); next }
{ read_entry(); entry = trim($0); at = FNR }

# ---- checking

function target_if_cancelled(m, i) { return when_cancelled[m, i] == "" ? to[m, i] : when_cancelled[m, i] }

function check_names(m, i,    line) {
    line = row_line[m, i]
    if (!((m, from[m, i]) in state_line)) complain(line, "there is no state " from[m, i])
    if (!((m, to[m, i]) in state_line)) complain(line, "there is no state " to[m, i])
    if (when_cancelled[m, i] != "" && !((m, when_cancelled[m, i]) in state_line)) complain(line,
        "there is no state " when_cancelled[m, i])
    if (!((m, event[m, i]) in event_line)) complain(line, "nobody sends " event[m, i] ": there is no such event")
}

function check_ways(m,    i, s, left, used, beginning, more) {
    for (i = 1; i <= row_count[m]; i++) {
        used[event[m, i]] = 1
        if (to[m, i] != from[m, i] || target_if_cancelled(m, i) != from[m, i]) left[from[m, i]] = 1
    }
    for (i = 1; i <= event_count[m]; i++)
        if (!(events[m, i] in used)) complain(event_line[m, events[m, i]], "event " events[m, i] " is of no transition")
    for (i = 1; i <= state_count[m]; i++) {
        s = states[m, i]
        if (worker[m, s] != "nobody" && !(s in left)) complain(state_line[m, s], "nothing leaves state " s)
        if (worker[m, s] == "nobody" && s in left) complain(state_line[m, s],
            "state " s " has ended, and something leaves it")
        if (begins[m, s] != "") beginning[s] = 1
    }
    do {
        more = 0
        for (i = 1; i <= row_count[m]; i++) {
            if (!(from[m, i] in beginning)) continue
            if (!(to[m, i] in beginning)) more = beginning[to[m, i]] = 1
            if (!(target_if_cancelled(m, i) in beginning)) more = beginning[target_if_cancelled(m, i)] = 1
        }
    } while (more)
    for (i = 1; i <= state_count[m]; i++)
        if (!(states[m, i] in beginning)) complain(state_line[m, states[m, i]], "nothing leads to state " states[m, i])
}

# ---- making

function quoted(text) {
    gsub(/'/, "''", text)
    return "'" text "'"
}

function list_of(words_text, wanted,    n, words, i, list) {
    n = split(words_text, words, /[ \t,]+/)
    list = ""
    for (i = 1; i <= n; i++) {
        if (words[i] == "" || (wanted == "needed" && words[i] ~ /[?]$/)) continue
        sub(/[?]$/, "", words[i])
        list = list (list == "" ? "" : ",") words[i]
    }
    return "{" list "}"
}

# The states that have ended, or are over: no sidecar works on them. As a list of SQL.
function state_list(m, which,    i, w, list) {
    for (i = 1; i <= state_count[m]; i++) {
        w = worker[m, states[m, i]]
        if (w == "nobody" || which == "over" && w == "operator") \
            list = list (list == "" ? "" : ", ") quoted(states[m, i])
    }
    return list
}

function make_is_ended(    k) {
    print "-- tier: owner"
    print "CREATE FUNCTION telephony_internal.is_ended(state text) RETURNS boolean"
    print "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp"
    printf "AS $$\nBEGIN\n    RETURN is_ended.state = ANY (ARRAY[%s]);\nEND\n$$;\n", state_list("job", "ended")
    print "COMMENT ON FUNCTION telephony_internal.is_ended(text) IS"
    print "    'Whether nothing will happen any more to a job in this state; a conflict still waits for an operator.';"
}

# The rows of one of a machine's tables.
function make_rows(table, columns, rows) {
    printf "    DELETE FROM telephony_internal.%s;\n    INSERT INTO telephony_internal.%s (%s) VALUES\n%s;\n",
        table, table, columns, rows
}

function make_machine(m,    i, s, text) {
    text = ""
    for (i = 1; i <= row_count[m]; i++)
        text = text (i == 1 ? "" : ",\n") sprintf("        (%s, %s, %s, %s, %s)", quoted(from[m, i]),
            quoted(event[m, i]), quoted(to[m, i]),
            when_cancelled[m, i] == "" ? "NULL" : quoted(when_cancelled[m, i]), quoted(meaning[m, i]))
    make_rows(m "_transitions", "from_state, event, to_state, when_cancelled, action", text)
    text = ""
    for (i = 1; i <= state_count[m]; i++) {
        s = states[m, i]
        if (worker[m, s] != "nobody")
            text = text (text == "" ? "" : ",\n") sprintf("        (%s, %s, %s)", quoted(s), 
                quoted(waits_for[m, s]), quoted(bounded_by[m, s]))
    }
    make_rows(m "_states", "state, waits_for, bounded_by", text)
    text = ""
    for (i = 1; i <= event_count[m]; i++) {
        s = events[m, i]
        text = text (i == 1 ? "" : ",\n") sprintf("        (%s, '%s', '%s', %s)", quoted(s), 
            list_of(sent_by[m, s]), list_of(carries[m, s], "needed"),
            ends_attempt[m, s] ? "true" : "false")
    }
    make_rows(m "_event_rules", "event, sent_by, needs, ends_attempt", text)
}

function make_machines(    k) {
    print "-- tier: owner"
    print "CREATE FUNCTION telephony_internal.set_machines() RETURNS void"
    print "LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp\nAS $$\nBEGIN"
    for (k = 1; k <= machine_count; k++) make_machine(machines[k])
    print "END\n$$;"
    print "COMMENT ON FUNCTION telephony_internal.set_machines() IS 'Writes the state machines into their tables, " \
        "from the file of transitions. migrate() calls it.';"
}

function make_contract() {
    print "-- tier: owner"
    print "CREATE FUNCTION telephony_internal.contract(OUT newest integer, OUT oldest integer)"
    print "LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp"
    printf "AS $$\nBEGIN\n    newest := %d;\n    oldest := %d;\nEND\n$$;\n", contract, serves
    print "COMMENT ON FUNCTION telephony_internal.contract() IS 'The contracts between database and telephonyd " \
        "that this version serves.';"
}

# A machine's name as C++ begins the names of its types with.
function type_of(m) { return toupper(substr(m, 1, 1)) substr(m, 2) }

function wrapped_names(m, count, of, prefix, suffix,    i, line, text) {
    line = "   "
    for (i = 1; i <= count; i++) {
        if (length(line prefix of[m, i] suffix) > 108) { text = text line "\n"; line = "   " }
        line = line " " prefix of[m, i] suffix
    }
    return text line
}

function printf_case(t, state) {
    printf "        case %sState::%s:\n", t, state
    return 1
}

# `operator` is a word of C++.
function enumerator(name) { return name == "operator" ? "an_operator" : name }

function make_header(m,    i, k, t, n, s, names, found) {
    t = type_of(m)
    printf "\nenum class %sState {\n%s\n};\ninline constexpr std::size_t %s_state_count = %d;\n", t,
        wrapped_names(m, state_count[m], states, "", ","), m, state_count[m]
    printf "\nenum class %sEvent {\n%s\n};\n", t, wrapped_names(m, event_count[m], events, "", ",")
    printf "inline constexpr std::size_t %s_event_count = %d;\n", m, event_count[m]
    printf "\ninline constexpr std::array<std::string_view, %s_state_count> %s_state_names = {\n%s};\n", m, m,
        wrapped_names(m, state_count[m], states, "\"", "\",")
    printf "\ninline constexpr std::array<std::string_view, %s_event_count> %s_event_names = {\n%s};\n", m, m,
        wrapped_names(m, event_count[m], events, "\"", "\",")
    printf "\nconstexpr Worker worker_of(%sState state) {\n    switch (state) {\n", t
    n = split("sidecar operator nobody", names, " ")
    for (k = 1; k <= n; k++) {
        found = 0
        for (i = 1; i <= state_count[m]; i++)
            if (worker[m, states[m, i]] == names[k]) found = printf_case(t, states[m, i])
        if (found) printf "            return Worker::%s;\n", enumerator(names[k])
    }
    print "    }\n    return Worker::nobody;\n}"
    printf "/// True for a state in which nothing more happens.\nconstexpr bool is_terminal(%sState state) {\n " \
        "   return worker_of(state) == Worker::nobody;\n}\n", t
    printf "\nstruct %sTransition {\n    %sState from;\n    %sEvent event;\n    %sState to;\n", t, t, t, t
    printf "    std::optional<%sState> to_if_cancelled;  ///< when a cancel was asked for before; nullopt: the " \
        "same\n    std::string_view comment;\n};\n", t
    printf "\n/// All transitions there are, in the order of a life. An event not listed for a state is refused " \
        "by the database.\n"
    printf "inline constexpr std::array<%sTransition, %d> %s_transitions = {{\n", t, row_count[m], m
    for (i = 1; i <= row_count[m]; i++)
        printf "    {%sState::%s, %sEvent::%s, %sState::%s, %s,\n     \"%s\"},\n", t, from[m, i], t, event[m, i],
            t, to[m, i],
            when_cancelled[m, i] == "" ? "std::nullopt" : t "State::" when_cancelled[m, i], meaning[m, i]
    print "}};"
    printf "\n/// Where a life begins: the state, and with what.\nstruct %sBeginning {\n    %sState state;\n " \
        "   std::string_view with;\n};\n", t, t
    n = 0
    s = ""
    for (i = 1; i <= state_count[m]; i++)
        if (begins[m, states[m, i]] != "") {
            n++
            s = s sprintf("    {%sState::%s, \"%s\"},\n", t, states[m, i], begins[m, states[m, i]])
        }
    printf "inline constexpr std::array<%sBeginning, %d> %s_beginnings = {{\n%s}};\n", t, n, m, s
}

# What the model holds of machine m: all but the states that begin apart from the purchases, releases and calls that it
# is about.
function is_modelled(m, i) { return from[m, i] !~ /^(erasing|configuring|checking|removing)$/ }

function make_model(m,    i, states_named, events_named, names) {
    for (i = 1; i <= row_count[m]; i++) {
        if (!is_modelled(m, i)) continue
        states_named[from[m, i]] = states_named[to[m, i]] = states_named[target_if_cancelled(m, i)] = 1
        events_named[event[m, i]] = 1
    }
    print "/* Made by extension/tenant/transitions.awk from the file of transitions: do not edit. */"
    names = ""
    for (i = 1; i <= state_count[m]; i++)
        if (states[m, i] in states_named) names = names (names == "" ? "" : ", ") states[m, i]
    printf "\n/* States. */\nmtype = { %s }\n", names
    names = ""
    for (i = 1; i <= event_count[m]; i++)
        if (events[m, i] in events_named && !(events[m, i] in states_named)) \
            names = names (names == "" ? "" : ", ") events[m, i]
    printf "\n/* Events; one that shares its name with a state is that name. */\nmtype = { %s }\n", names
    printf "\n/* The rows: from, event, to, to when a cancel was asked for before. */\n#define TRANSITIONS"
    for (i = 1; i <= row_count[m]; i++)
        if (is_modelled(m, i)) printf " \\\n    T(%s, %s, %s, %s)", from[m, i], event[m, i], to[m, i],
            target_if_cancelled(m, i)
    print ""
}

function make_mermaid(m,    i, s) {
    print "stateDiagram-v2"
    for (i = 1; i <= state_count[m]; i++)
        if (begins[m, states[m, i]] != "") printf "    [*] --> %s: %s\n", states[m, i], begins[m, states[m, i]]
    for (i = 1; i <= row_count[m]; i++) {
        printf "    %s --> %s: %s\n", from[m, i], to[m, i], event[m, i]
        if (target_if_cancelled(m, i) != to[m, i]) printf "    %s --> %s: %s (cancelled)\n", from[m, i],
            target_if_cancelled(m, i), event[m, i]
    }
    for (i = 1; i <= state_count[m]; i++)
        if (worker[m, states[m, i]] == "nobody") printf "    %s --> [*]\n", states[m, i]
}

END {
    read_entry()
    if (contract == "") complain(FNR, "no contract is named")
    if (machine_count == 0) complain(FNR, "there is no machine")
    for (k = 1; k <= machine_count; k++) {
        for (i = 1; i <= row_count[machines[k]]; i++) check_names(machines[k], i)
        check_ways(machines[k])
    }
    if (failed) exit 1
    if (make == "header") {
        print "// Made by extension/tenant/transitions.awk from the file of transitions: do not edit.\n#pragma once\n"
        print "#include <array>\n#include <cstddef>\n#include <optional>\n#include <string_view>\n\nnamespace " \
            "telephony::sidecar {\n"
        print "/// What this program and a database say to each other; the database says which numbers it serves."
        printf "inline constexpr int contract_number = %d;\n", contract
        print "\n/// Who works on what is in a state.\nenum class Worker {\n    sidecar,\n    an_operator,\n " \
            "   nobody,  ///< it has ended\n};"
    }
    if (make == "sql" && part == "contract") make_contract()
    if (make == "sql" && part == "set_machines") make_machines()
    if (make == "sql" && part == "is_ended") make_is_ended()
    for (k = 1; k <= machine_count; k++) {
        if (make == "header") make_header(machines[k])
        if (make == "model" && machines[k] == (model_of == "" ? "job" : model_of)) make_model(machines[k])
        if (make == "mermaid") {
            # A picture of its own, in the page that shows them.
            if (k > 1) print "```\n\n```mermaid"
            make_mermaid(machines[k])
        }
    }
    if (make == "header") print "\n}  // namespace telephony::sidecar"
}

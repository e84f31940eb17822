#!/bin/sh
# Ends the processes of a run and removes its directory as soon as whoever started the run is gone, however it went.
#
# Standard input is a pipe whose other end only the run holds: its end of file means that the run is over, be it by
# finishing, by a signal or by kill -9. Until then each line tells what there will be to clean up:
#   directory PATH          remove it
#   process PID SIGNAL...   end this process group leader by these signals in turn, each given five seconds, then KILL
# Processes are ended newest first, so that a database goes after those who use it.
set -u
interval=0.02
trap '' HUP INT QUIT TERM PIPE

# Prints the start time of process $1, which tells it from a later one of the same id; fails when it has ended.
start_of() {
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # shellcheck disable=SC2086 # the fields are meant to be split; the name, which may hold blanks, is cut off
    set -- ${stat##*) }
    [ "$1" != Z ] && printf '%s\n' "${20}"
}

# end PID START SIGNAL...
end() {
    pid=$1 start=$2
    shift 2
    for signal in "$@" KILL; do
        [ "$(start_of "$pid")" = "$start" ] || return 0
        kill -s "$signal" -- "-$pid" 2>/dev/null
        kill -s CONT -- "-$pid" 2>/dev/null
        waits=0
        while [ "$(start_of "$pid")" = "$start" ] && [ $waits -lt 250 ]; do
            sleep "$interval"
            waits=$((waits + 1))
        done
    done
}

directories=
processes=
while read -r what name signals; do
    case $what in
        directory) directories="$name
$directories" ;;
        process) start=$(start_of "$name") && processes="$name $start $signals
$processes" ;;
    esac
done

printf '%s' "$processes" | while read -r pid start signals; do
    # shellcheck disable=SC2086
    end "$pid" "$start" $signals
done
printf '%s' "$directories" | while read -r directory; do
    rm -rf -- "$directory"
done

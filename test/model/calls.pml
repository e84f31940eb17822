/* Calls that Twilio is asked to place: people, two sidecars, time, a database that may go back to a backup. README.md explains. */

#include "call_transitions.pml"

#ifndef FAULTS
#define FAULTS 2             /* how many things go wrong, of any kind, in any order */
#endif
#ifndef RESTORE
#define RESTORE 0            /* the database goes back to a backup, once */
#endif
/* Rules: 1 as built, 0 switched off. */
#ifndef RULE_CALL_INTENT
#define RULE_CALL_INTENT 1          /* the intent is committed before the call is asked for */
#endif
#ifndef RULE_CALL_DURABLE
#define RULE_CALL_DURABLE 1         /* ... and on disk */
#endif
#ifndef RULE_CALL_NO_REPLAY
#define RULE_CALL_NO_REPLAY 1       /* a call that may have been asked for is looked for, and never asked for again */
#endif
#ifndef RULE_CALL_UNKNOWN_COMMIT
#define RULE_CALL_UNKNOWN_COMMIT 1  /* an intent whose commit was not answered is none: nothing is sent */
#endif
#ifndef RULE_CALL_INTERRUPT
#define RULE_CALL_INTERRUPT 1       /* after a restore, what may have been placed since is ended */
#endif
#ifndef RULE_CALL_TOKENS
#define RULE_CALL_TOKENS 1          /* after a restore no token of before is ever given again */
#endif

#define NONE 255
#define CALLS 2              /* somebody asks, and later asks again: another call */
#define NOBODYS 0
#define RUNNING 1
#define ENDED 2
#define OVER 3

/* What no schedule may reach; the name is what the failing assertion shows. */
bit called_twice, called_without_intent, call_without_way_out;
#define NEVER(what) what = 1; assert(!what)

typedef Call { mtype state; byte token; byte lease; bit looked }
typedef Database { Call call[CALLS] }
Database db, backup;
byte rang[CALLS];            /* ghost: how often Twilio has called for this call */
bit intended[CALLS];         /* ghost: the database has ever had the intent on disk */
byte faults;
bit held[CALLS];             /* an attempt is at work on it, and in time: its lease does not end */
byte in_flight = NONE;       /* a request that Twilio may carry out at any later moment */
bit restored;

#define MISHAP (faults < FAULTS)
#define FAULT faults++
#define IS_OVER(s) (s == done || s == cancelled || s == failed)
#define OF(c) db.call[c]
#define IS_RUNNING(c) (OF(c).state != 0 && !IS_OVER(OF(c).state))
/* claim_calls(): whoever takes over what may have been sent waits longer. */
#define CLAIMABLE(c) (IS_RUNNING(c) && (OF(c).lease == NOBODYS || OF(c).lease == OVER || \
    (OF(c).lease == ENDED && OF(c).state != placing)))

hidden mtype event;
hidden mtype next;

#define T(from, what, to, cancelled_to) :: OF(c).state == from && event == what -> next = to
/* take_call_step(): `next` is 0 when it is refused. What ends the attempt ends the lease. */
inline take_step(c, what) {
    event = what;
    next = 0;
    if
    TRANSITIONS
    :: else
    fi;
    if
    :: next != 0 ->
        OF(c).state = next;
        if
        :: IS_OVER(next) || event == look || event == postpone || event == throttled || event == placed || event == ambiguous -> OF(c).lease = NOBODYS
        :: else
        fi
    :: else
    fi
}
#define FORGET_STEP event = 0; next = 0

/* Twilio carries a request out. */
inline ring(c) {
    if
    :: rang[c] > 0 -> NEVER(called_twice)
    :: !intended[c] -> NEVER(called_without_intent)
    :: else
    fi;
    rang[c]++
}

active proctype people() {
    d_step { OF(0).state = queued };
end_people:
    d_step { IS_OVER(OF(0).state) -> OF(1).state = queued }
}

/* advance_call(): fenced by the token and the lease. */
#define HAS_LEASE(c) (OF(c).token == token && OF(c).lease != NOBODYS)
/* What is to be reported; the attempt ends with it. */
#define REPORT(event) what = event; goto report

proctype sidecar() {
    byte c = NONE, token;
    mtype what;
    bit heard, unknown;
end_waiting:
    do
    :: atomic { CLAIMABLE(0) -> c = 0; break }
    :: atomic { CLAIMABLE(1) -> c = 1; break }
    od;
    atomic {
        if
        :: CLAIMABLE(c) ->
            OF(c).token++;
            token = OF(c).token;
            OF(c).lease = RUNNING;
            held[c] = 1;
            if
            :: OF(c).state == queued -> take_step(c, start); FORGET_STEP
            :: else
            fi
        :: else -> c = NONE; goto end_waiting   /* the other was first */
        fi
    };
    if
    :: OF(c).state == preparing -> goto prepare
    :: OF(c).state == placing -> goto take_over
    :: OF(c).state == in_doubt || OF(c).state == calling -> goto watch
    :: else -> goto drop                         /* it has gone on, or the database went back */
    fi;

prepare:
    if
#if !RULE_CALL_INTENT
    :: intended[c] = 1; goto send_request
#endif
    :: REPORT(found)        /* verified already */
    :: REPORT(refused)
    :: atomic { MISHAP -> FAULT }; REPORT(postpone)
    :: atomic { MISHAP -> FAULT }; goto drop      /* killed */
    :: goto commit_intent
    fi;

commit_intent:
    atomic {
        if
        /* only while the lease lasts: another could claim it while the request is under way */
        :: HAS_LEASE(c) && OF(c).lease == RUNNING && OF(c).state == preparing ->
            take_step(c, send);
            FORGET_STEP;
            if
            :: heard = 1; intended[c] = 1
            :: MISHAP -> FAULT; unknown = 1; intended[c] = 1                      /* committed, the answer is lost */
            :: !RULE_CALL_DURABLE && MISHAP -> FAULT; heard = 1; OF(c).state = preparing   /* the server forgets it */
            fi
        :: else ->
            if
            :: skip
            :: MISHAP -> FAULT; unknown = 1                                        /* refused, the answer is lost */
            fi
        fi
    };
    if
    :: heard || (unknown && !RULE_CALL_UNKNOWN_COMMIT) -> goto send_request
    :: else -> goto drop
    fi;

send_request:
    if
    :: d_step { ring(c) }; goto answered
    :: atomic { MISHAP -> FAULT }; goto drop                                    /* killed before it went out */
    :: atomic { MISHAP -> FAULT; ring(c) }; goto drop                           /* killed before the answer */
    :: atomic { MISHAP -> FAULT; ring(c) }; REPORT(ambiguous)
    :: atomic { MISHAP -> FAULT }; REPORT(ambiguous)                             /* it never arrived */
    :: atomic { MISHAP && in_flight == NONE -> FAULT; in_flight = c }; REPORT(ambiguous)
    :: atomic { MISHAP -> FAULT }; REPORT(throttled)                             /* 429: not processed */
    :: REPORT(refused)
    fi;

answered:
    if
    :: REPORT(placed)
    :: REPORT(no_code)
    :: REPORT(found)
    :: atomic { MISHAP -> FAULT }; goto drop
    fi;

take_over:
#if RULE_CALL_NO_REPLAY
    REPORT(ambiguous);
#else
    goto send_request;
#endif

watch:
    if
    :: atomic { MISHAP -> FAULT }; REPORT(postpone)
    :: atomic { !OF(c).looked -> OF(c).looked = 1 }; REPORT(look)
    :: REPORT(found)
    :: REPORT(end)
    fi;

report:
    atomic {
        if
        :: HAS_LEASE(c) -> take_step(c, what); FORGET_STEP
        :: else
        fi
    };

drop:
    atomic {
        if
        :: OF(c).token == token -> held[c] = 0
        :: else
        fi;
        c = NONE; token = 0; heard = 0; unknown = 0; what = 0
    };
    goto end_waiting
}

init {
    atomic { run sidecar(); run sidecar() }
}

/* Leases end, of attempts that were killed or are slow, and what Twilio has received is carried out late. */
#define LEASE_ENDS(c) \
    :: d_step { held[c] && MISHAP -> FAULT; held[c] = 0 } \
    :: d_step { OF(c).lease == RUNNING && !held[c] -> OF(c).lease = ENDED } \
    :: d_step { OF(c).lease == ENDED && in_flight != c -> OF(c).lease = OVER }
active proctype time() {
end_time:
    do
    LEASE_ENDS(0)
    LEASE_ENDS(1)
    :: d_step { in_flight != NONE -> ring(in_flight); in_flight = NONE }
    od
}

#if RESTORE
#define COPY_CALL(to, from, n) \
    to.call[n].state = from.call[n].state; to.call[n].token = from.call[n].token; \
    to.call[n].lease = from.call[n].lease; to.call[n].looked = from.call[n].looked
#define INTERRUPT(n) \
    if \
    :: RULE_CALL_TOKENS && OF(n).state != 0 -> OF(n).token = OF(n).token + 64 \
    :: else \
    fi; \
    if \
    :: RULE_CALL_INTERRUPT && (OF(n).state == queued || OF(n).state == preparing) -> take_step(n, interrupt); FORGET_STEP \
    :: else \
    fi

active proctype backup_and_restore() {
    d_step { COPY_CALL(backup, db, 0); COPY_CALL(backup, db, 1) };
    d_step {
        COPY_CALL(db, backup, 0);
        COPY_CALL(db, backup, 1);
        restored = 1;
        held[0] = 0;
        held[1] = 0;
        /* hello(): interrupt_calls() */
        INTERRUPT(0);
        INTERRUPT(1)
    }
}
#endif

active proctype monitor() {
    timeout ->
    if
    :: IS_RUNNING(0) || IS_RUNNING(1) -> NEVER(call_without_way_out)
    :: else
    fi
}

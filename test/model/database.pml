/* The database: jobs, holds and live numbers, and the calls that change them (extension/tenant, areas jobs, holds and sidecar). */

#define HOLDS (NUMBERS * (1 + TWO_INSTALLATIONS))
#if TWO_INSTALLATIONS
#define HOLD(j, n) db.hold[ORG(j) * NUMBERS + n]
#else
#define HOLD(j, n) db.hold[n]
#endif

/* A lease: ended, running, run out, and run out for longer than any request lives. */
#define NOBODYS 0
#define RUNNING 1
#define ENDED 2
#define OVER 3

/* A hold, and a live number. */
#define FREE 0
#define IN_DOUBT 1
#define LIVE 2
#define QUARANTINED 3
#define HORIZON_PASSED 4
#define RELEASING 5

typedef Job {
    mtype state;  /* 0: no such job */
    byte token;
    byte lease;
    byte number = NONE;
    byte sid;
    byte posts;
    bit refused_again;
    bit looked;   /* absent_seen: once */
    bit cancel_requested
}
typedef Hold {
    byte state;
    byte job = NONE;
    byte intent;  /* number[].times when the purchase was first sent: a purchase up to it is older than the intent */
    bit posted
}
typedef Live {
    byte state;   /* FREE, LIVE or RELEASING */
    byte number = NONE;
    byte sid
}
typedef Database {
    Job job[JOBS];
    Hold hold[HOLDS];
    Live live[2];
    bit orphan_is_of_b;
    bit recovery
}
Database db;

#define IS_TERMINAL(state) (state == done || state == released || state == written_off || state == cancelled || state == failed)
#define IS_RUNNING(j) (JOB(j).state != 0 && !IS_TERMINAL(JOB(j).state) && JOB(j).state != conflict)
#define IS_OURS(j, n, s) (HOLD(j, n).job == j && HOLD(j, n).posted && (s > HOLD(j, n).intent || !RULE_PROVE_OURS))
/* why_not_ours(): the tag that Twilio showed counts as well. */
#define IS_PROVEN(j, n, s) (IS_OURS(j, n, s) && (!RULE_PROVE_OURS || SAME_TAG(number[n].tag, j)))
#define MAY_HAVE_BOUGHT_AS(j, n) (HOLD(j, n).job == j && HOLD(j, n).posted && HOLD(j, n).state != HORIZON_PASSED)
#define MAY_HAVE_BOUGHT(j) (MAY_HAVE_BOUGHT_AS(j, 0) || MAY_HAVE_BOUGHT_AS(j, NUMBERS - 1))
/* claim_jobs: a rescuer of a purchase waits longer (rule ROLLBACK_IN_LEASE). */
#define CLAIMABLE(j) (IS_RUNNING(j) && (JOB(j).lease == NOBODYS || JOB(j).lease == OVER || (JOB(j).lease == ENDED && \
    (!RULE_ROLLBACK_IN_LEASE_RESCUER || (JOB(j).state != buying && JOB(j).state != in_doubt && JOB(j).state != bought)))))

/* A purchase of the number that was chosen: what leads others to the next candidate ends it. */
#define IS_FOR_ONE_NUMBER(j) (WISH && RULE_WISH && j == BUY_A)

hidden byte i;
hidden byte gone_number;

inline free_claim(j, n) {
    HOLD(j, n).state = FREE; HOLD(j, n).job = NONE; HOLD(j, n).intent = 0; HOLD(j, n).posted = 0
}

/* A hold that ends: at once if no purchase was sent, else when the horizon has passed (rule LATE_HORIZON). */
inline end_hold(j, n) {
    if
    :: HOLD(j, n).posted && RULE_LATE_HORIZON_HELD -> HOLD(j, n).state = QUARANTINED
    :: else -> free_claim(j, n)
    fi
}

/* free_holds(j, but => n). */
inline let_go(j, but) {
    i = 0;
    do
    :: i < NUMBERS ->
        if
        :: i != but && HOLD(j, i).job == j && (HOLD(j, i).state == IN_DOUBT || HOLD(j, i).state == LIVE) -> end_hold(j, i)
        :: else
        fi;
        i++
    :: else -> break
    od
}

inline make_live(j) {
    i = ORG(j);
    if
    :: number[JOB(j).number].buyer == CONSOLE -> NEVER(foreign_number_touched)
    :: db.live[1 - i].state != FREE && db.live[1 - i].number == JOB(j).number && db.live[1 - i].sid == JOB(j).sid -> NEVER(two_owners)
    :: else
    fi;
    HOLD(j, JOB(j).number).state = LIVE;
    db.live[i].state = LIVE;
    db.live[i].number = JOB(j).number;
    db.live[i].sid = JOB(j).sid;
    promise[i].number = JOB(j).number;
    promise[i].sid = JOB(j).sid
}

inline record_release(j) {
    i = ORG(j);
    gone_number = JOB(j).number;
    if
    :: db.live[i].state != FREE && db.live[i].number == gone_number && db.live[i].sid == JOB(j).sid ->
        db.live[i].state = FREE; db.live[i].number = NONE; db.live[i].sid = 0
    :: else
    fi;
    if
    :: HOLD(j, gone_number).job != NONE && ORG(HOLD(j, gone_number).job) == i &&
       (HOLD(j, gone_number).state == IN_DOUBT || HOLD(j, gone_number).state == LIVE) &&
       !(db.live[i].state != FREE && db.live[i].number == gone_number) -> end_hold(j, gone_number)
    :: else
    fi
}

/* take_step(): one step of job j, about purchase s of number n; `next` is 0 when it is refused. */
inline take_step(j, what, n, s) {
    event = what;
    /* What the database knows better than the one who reports. */
    if
    :: (event == start || event == postpone) && JOB(j).cancel_requested &&
       (JOB(j).state == queued || JOB(j).state == searching || JOB(j).state == intended) && !MAY_HAVE_BOUGHT(j) -> event = cancel
    :: event == candidate && !JOB(j).cancel_requested ->
        if
        :: HOLD(j, n).state == FREE || HOLD(j, n).state == HORIZON_PASSED ->
            free_claim(j, n);
            HOLD(j, n).state = IN_DOUBT;
            HOLD(j, n).job = j
        :: else -> event = taken
        fi
    :: event == purchased && !IS_PROVEN(j, n, s) -> event = foreign
    :: (event == unavailable || event == refused) && JOB(j).posts > 1 -> event = repeat_refused
    :: event == throttled && JOB(j).posts > 1 -> event = throttled_again
    :: event == not_seen && JOB(j).looked -> event = absent
    :: event == not_seen && !JOB(j).looked -> JOB(j).looked = 1
    :: else
    fi;
    if
    :: IS_FOR_ONE_NUMBER(j) && (event == taken || event == unavailable || event == absent) -> event = out_of_reach
    :: else
    fi;
    look_up(j);
    if
    :: db.recovery && (event == candidate || event == send || event == resend) -> next = 0  /* nothing is bought */
    :: else
    fi;
    if
    :: next == 0
    :: else ->
        /* What the step carries with it. */
        if
        :: event == candidate && next == intended -> JOB(j).number = n
        :: (event == send || event == resend) && next == buying ->
            JOB(j).posts++;
            JOB(j).looked = 0;
            if
            :: !HOLD(j, n).posted -> HOLD(j, n).posted = 1; HOLD(j, n).intent = number[n].times
            :: else
            fi
        :: event == throttled || event == throttled_again -> JOB(j).posts--
        :: event == repeat_refused -> JOB(j).refused_again = 1
        :: event == purchased ->
            JOB(j).number = n;
            JOB(j).sid = s;
            HOLD(j, n).state = IN_DOUBT;
            let_go(j, n)
        :: event == settle && next == done -> make_live(j)
        :: event == released || event == write_off -> record_release(j)
        :: else
        fi;
        /* Leaving a number behind. */
        if
        :: (next == searching && event != start) || next == failed || next == cancelled || next == released || next == written_off ->
            let_go(j, NONE);
            JOB(j).posts = 0;
            JOB(j).refused_again = 0;
            JOB(j).looked = 0;
            if
            :: JOB(j).sid == 0 && next != written_off -> JOB(j).number = NONE
            :: else
            fi
        :: else
        fi;
        JOB(j).state = next;
        /* The end of an attempt ends the lease. */
        if
        :: IS_TERMINAL(next) || next == conflict || event == postpone || event == throttled || event == throttled_again || event == not_seen ->
            JOB(j).lease = NOBODYS
        :: else
        fi
    fi
}

/* A telephonyd: takes jobs one at a time and works on them as purchase, release and rollback of sidecar/jobs/ do. */

#define SIDECARS 2
#define MOST_POSTS 2

/* What a sidecar holds. `in_time`: on its own clock, the lease still outlasts a request (counted from before it was asked for). */
typedef Attempt { byte job = NONE; byte token; bit in_time }
Attempt attempt[SIDECARS];
bit cut;  /* sidecar 0 does not reach the database */

#define ME attempt[_pid]
#define CONNECTED (!(cut && _pid == 0))
#define MAY_REPORT (CONNECTED && !FENCED && JOB(my).lease != NOBODYS)
#define FENCED (JOB(my).token != ME.token || JOB(my).state == 0)
#define HELD_BY(p, j) (attempt[p].job == j && attempt[p].token == JOB(j).token)
#define MAY_TAKE(j) (CLAIMABLE(j) && (!TWO_INSTALLATIONS || ORG(j) == _pid))

/* Where a number with the tag of this job is seen: n and s, or nowhere. */
#define IS_MINE(n) (number[n].sid != 0 && SAME_TAG(number[n].tag, my))

/* Whatever ends an attempt without a word to the database: its lease will run out. */
inline forget() {
    my = NONE; ME.job = NONE; ME.token = 0; ME.in_time = 0;
    n = NONE; s = 0; listed = 0; posted = 0; own_answer = 0; call = 0; extra = 0; tried = 0
}

#define THEN(label) FORGET_STEP; call = 0; goto label

/* To the state the database answered with. */
inline go_on() {
    if
    :: next == 0 -> assert(!RULE_SETTLE_UNKNOWN || RESTORE); THEN(dropped)  /* refused: only after a restore */
    :: next == searching && event == absent ->
        listed = 0;
        extra = IS_MINE(0) || IS_MINE(NUMBERS - 1);
        THEN(in_searching)
    :: next == searching && event != absent -> THEN(in_searching)
    :: next == intended && event != throttled && event != postpone -> THEN(in_intended)
    :: next == buying && (event == send || event == resend) -> THEN(in_post)
    :: next == buying && event != send && event != resend -> THEN(in_unanswered)  /* a rescuer: the one before did not report */
    :: next == in_doubt && event != postpone && event != not_seen && event != throttled_again -> THEN(in_in_doubt)
    :: next == bought && event != postpone -> THEN(in_bought)
    :: next == releasing && event != postpone -> THEN(in_releasing)
    :: else -> THEN(dropped)
    fi
}

/* A call of advance(). */
#define report(what) call = what; goto tell

/* hold_lease(): goes on with time enough for a request, or not at all. */
inline hold_lease() {
    if
    :: ME.in_time
    :: else ->
        if
        :: CONNECTED && !FENCED -> ME.in_time = 1; JOB(my).lease = (JOB(my).lease == NOBODYS -> NOBODYS : RUNNING)
        :: else -> goto dropped
        fi
    fi
}

/* Lists by tag: n and s of a number that an earlier request of this job bought, the candidate first. */
inline list_own_tag() {
    d_step {
        if
        :: JOB(my).number != NONE && IS_MINE(JOB(my).number) -> n = JOB(my).number
        :: else ->
            if
            :: IS_MINE(0) -> n = 0
            :: !IS_MINE(0) && IS_MINE(NUMBERS - 1) -> n = NUMBERS - 1
            :: else -> n = NONE
            fi
        fi;
        s = (n == NONE -> 0 : number[n].sid)
    }
}

active [SIDECARS] proctype sidecar() {
    byte my = NONE;                   /* the job */
    byte n = NONE, s;                 /* the number in hand, and which purchase of it */
    bit listed, posted, own_answer;   /* the own tag was listed; this attempt sent a purchase; n and s are its answer */
    mtype call;                       /* the event being reported */
    bit extra;                        /* ghost: a number with our tag was there when the attempt began */
    byte tried;                       /* candidates of this attempt, by bit */

dropped:
    true;
    d_step { forget() }
end_idle:
    atomic {
        if
        :: CONNECTED && !db.recovery && MAY_TAKE(BUY_A) -> my = BUY_A
        :: CONNECTED && !db.recovery && MAY_TAKE(BUY_B) -> my = BUY_B
        :: CONNECTED && !db.recovery && MAY_TAKE(RELEASE) -> my = RELEASE
        :: CONNECTED && !db.recovery && MAY_TAKE(ORPHAN) -> my = ORPHAN
        fi;
        d_step {
            ME.job = my;
            JOB(my).token++;
            JOB(my).lease = RUNNING;
            ME.token = JOB(my).token;
            ME.in_time = 1;
            event = postpone;
            next = JOB(my).state;
            if
            :: next == queued -> take_step(my, start, NONE, 0)
            :: else -> event = start
            fi;
            extra = IS_MINE(0) || IS_MINE(NUMBERS - 1)
        };
        go_on()
    }

in_searching:
    true;
    atomic {
        if
        :: RULE_INTENT_FIRST_LIST && !listed ->
            list_own_tag();
            listed = 1;
            if
            :: n != NONE -> goto record
            :: n == NONE
            :: MISHAP -> report(postpone)
            fi
        :: else
        fi;
        if
        :: JOB(my).cancel_requested -> report(cancel)
        :: else
        fi
    }
    /* A search, and the hold on what it offers; it may have been bought in the console since. */
    atomic {
        if
        :: !(tried & 1) && (number[0].sid == 0 || number[0].buyer == CONSOLE) -> n = 0; tried = tried | 1
        :: NUMBERS > 1 && !(tried & 2) && number[NUMBERS - 1].sid == 0 && !(IS_FOR_ONE_NUMBER(my)) -> n = NUMBERS - 1; tried = tried | 2
        :: else -> report(no_number)
        fi;
        posted = 0;
        report(candidate)
    }

in_intended:
    true;
    atomic {
        if
        :: RULE_INTENT_FIRST_LIST && !listed ->
            list_own_tag();
            listed = 1;
            if
            :: n != NONE -> goto record
            :: n == NONE
            :: MISHAP -> report(postpone)
            fi
        :: else
        fi;
        if
        :: JOB(my).cancel_requested -> report(cancel)
        :: else
        fi
    }
    /* Lists by number: nothing is sent for a number that the account has. */
    atomic {
        n = JOB(my).number;
        if
        :: n == NONE -> goto dropped  /* fenced long ago */
        :: n != NONE && number[n].sid == 0
        :: n != NONE && number[n].sid != 0 && IS_MINE(n) -> s = number[n].sid; goto record
        :: n != NONE && number[n].sid != 0 && !IS_MINE(n) -> report(taken)
        :: n != NONE && number[n].buyer == CONSOLE && MISHAP -> missed = 1
        fi
    }
    /* A crash of the server may take the candidate back, which was answered before it was on disk: `send` is illegal then, and the
       attempt goes on from what the database holds. */
    atomic {
        if
        :: d_step { !FENCED && JOB(my).state == intended && !HOLD(my, n).posted && MISHAP ->
            JOB(my).state = searching; JOB(my).number = NONE; free_claim(my, n) }; goto in_searching
        :: hold_lease(); report(send)
        fi
    }

in_post:
    true;
    atomic {
        if
        :: !ME.in_time -> goto dropped
        :: else
        fi;
        posted = 1;
        if
        :: WISH && my == BUY_A && n != 0 -> NEVER(other_than_wished)
        :: else
        fi;
        if
        :: extra && (IS_MINE(0) || IS_MINE(NUMBERS - 1)) -> NEVER(bought_twice)
        :: else
        fi;
        if
        :: d_step { !REFUSES(my, n) -> apply_purchase(my, n); s = number[n].sid; own_answer = 1 }
        :: REFUSES(my, n) -> report(unavailable)
        :: !REFUSES(my, n) && MISHAP -> d_step { apply_purchase(my, n) }; goto in_unanswered                  /* the answer is lost */
        :: late_job == NONE && MISHAP -> late_job = my; late_number = n; goto in_unanswered  /* carried out later */
        :: MISHAP -> goto in_unanswered                                                        /* lost on the way */
        :: !RULE_INTENT_FIRST_DURABLE && MISHAP ->                                                        /* the server crashes: the intent was never on disk */
            d_step { apply_purchase(my, n); JOB(my).state = intended; JOB(my).posts--; HOLD(my, n).posted = 0; HOLD(my, n).intent = 0 };
            goto dropped
        :: MISHAP -> report(unavailable)
        :: MISHAP -> report(throttled)
        fi
    }
    goto record;
in_unanswered:
    true;
    atomic { report(ambiguous) }

/* A call of advance(): carried out and answered; carried out, and the sidecar killed or cut off before it has read the answer (or
   the database again); or not carried out at all. The answer to our own purchase, when the database is lost, is undone (rule ROLLBACK_IN_LEASE). */
record:
    true;
    atomic { call = purchased }
tell:
    atomic {
        if
        :: call == candidate && number[n].sid != 0 && number[n].buyer != CONSOLE -> call = 0; goto in_searching  /* no longer offered: see README */
        :: else
        fi;
        if
        :: MAY_REPORT ->
            d_step { take_step(my, call, n, s) };
            if
            :: go_on()
            :: MISHAP ->
                if
                :: RULE_SETTLE_UNKNOWN || !own_answer || (call != purchased && call != settle) -> THEN(dropped)
                :: else -> THEN(in_rollback)
                fi
            fi
        :: !CONNECTED && own_answer && call == purchased -> THEN(in_rollback)
        :: !MAY_REPORT && !(!CONNECTED && own_answer && call == purchased) -> goto dropped
        :: MISHAP -> goto dropped
        fi
    }

in_in_doubt:
    true;
    /* Only looking helps. */
    atomic {
        list_own_tag();
        if
        :: JOB(my).number == NONE -> goto dropped  /* fenced long ago */
        :: else
        fi;
        if
        :: n != NONE -> goto record
        :: n == NONE && number[JOB(my).number].sid != 0 -> n = JOB(my).number; s = number[n].sid; goto record
        :: n == NONE && number[JOB(my).number].sid == 0
        :: MISHAP -> report(postpone)
        fi;
        n = JOB(my).number;
        if
        :: JOB(my).posts >= MOST_POSTS || JOB(my).refused_again || JOB(my).cancel_requested -> report(not_seen)
        :: else ->
            if
            :: posted -> report(postpone)
            :: else
            fi
        fi
    }
    atomic { hold_lease(); report(resend) }

in_bought:
    true;
    /* Unless Twilio has just answered with it: is it there, and does it answer calls? */
    atomic {
        n = JOB(my).number;
        s = JOB(my).sid;
        if
        :: n == NONE -> goto dropped  /* fenced long ago */
        :: n != NONE && !own_answer && number[n].sid != s -> report(gone)
        :: n != NONE && (own_answer || number[n].sid == s)
        :: MISHAP -> report(postpone)
        fi
    }
    atomic { report(settle) }

in_releasing:
    true;
    atomic {
        n = JOB(my).number;
        s = JOB(my).sid;
        if
        :: n == NONE -> goto dropped  /* fenced long ago */
        :: n != NONE && number[n].sid != s -> report(released)
        :: n != NONE && number[n].sid == s
        :: MISHAP -> report(postpone)
        fi
    }
in_delete:
    true;
    atomic {
        hold_lease();
        if
        :: d_step { apply_delete(n, s) }
        :: MISHAP -> d_step { apply_delete(n, s) }; report(postpone)
        :: late_delete == NONE && MISHAP -> late_delete = n; late_delete_sid = s; report(postpone)
        :: MISHAP -> report(postpone)
        fi
    }
    atomic { report(released) }

in_rollback:
    true;
    /* Only what the answer alone proves to be ours is undone without the database. */
    atomic {
        if
        :: RULE_PROVE_OURS && s <= HOLD(my, n).intent -> goto dropped
        :: else
        fi
    }
    /* The database has not come back; when it does, the number is kept. */
    atomic {
        if
        :: (ME.in_time || !RULE_ROLLBACK_IN_LEASE_OWN) && (!CONNECTED || !RULE_SETTLE_UNKNOWN) -> d_step { apply_delete(n, s) }
        :: (ME.in_time || !RULE_ROLLBACK_IN_LEASE_OWN) && (!CONNECTED || !RULE_SETTLE_UNKNOWN) && late_delete == NONE && MISHAP ->
            late_delete = n;
            late_delete_sid = s;
            late_rollback_of = my;
            goto in_unconfirmed
        :: goto dropped
        fi
    }
    atomic { CONNECTED; report(rolled_back) }
in_unconfirmed:
    true;
    /* The DELETE may still be carried out: nobody may take the number for settled before its request life is over. */
    atomic {
        CONNECTED;
        if
        :: !RULE_ROLLBACK_IN_LEASE_UNCONFIRMED -> report(ambiguous)
        :: RULE_ROLLBACK_IN_LEASE_UNCONFIRMED && !FENCED -> d_step { take_step(my, ambiguous, n, s); FORGET_STEP }; goto dropped
        :: RULE_ROLLBACK_IN_LEASE_UNCONFIRMED && FENCED -> goto dropped
        fi
    }
}

/* The transition table of number jobs, row by row as telephony_internal.job_transitions and `telephonyd states` hold it. */

/* States. */
mtype = { queued, searching, intended, buying, in_doubt, bought, done, releasing, released, conflict, cancelled, failed }

/* Events; `released` is one as well, and shares its name with the state. */
mtype = { start, cancel, candidate, taken, purchased, foreign, no_number, postpone, send, unavailable, refused,
    repeat_refused, throttled, throttled_again, ambiguous, rolled_back, resend, not_seen, absent, settle, gone, dismiss }

/* Between the step and what follows of it in the same atomic sequence; 0 everywhere else. */
mtype event;  /* the event of the step, as the database sees it */
mtype next;   /* the state it leads to; 0: the event is not legal in that state */
#define FORGET_STEP event = 0; next = 0

#define T(from, what, to, when_cancelled) :: (JOB(j).state == from && event == what) -> next = (JOB(j).cancel_requested -> when_cancelled : to)

/* Sets `next` from the state of job j, `event`, and whether a cancel was asked for. */
inline look_up(j) {
    if
    T(queued,    start,           searching, searching)
    T(queued,    cancel,          cancelled, cancelled)
    T(searching, candidate,       intended,  cancelled)
    T(searching, taken,           searching, cancelled)
    T(searching, purchased,       bought,    releasing)
    T(searching, foreign,         conflict,  conflict)
    T(searching, no_number,       failed,    cancelled)
    T(searching, postpone,        queued,    queued)
    T(searching, cancel,          cancelled, cancelled)
    T(intended,  send,            buying,    cancelled)
    T(intended,  taken,           searching, cancelled)
    T(intended,  purchased,       bought,    releasing)
    T(intended,  foreign,         conflict,  conflict)
    T(intended,  postpone,        intended,  intended)
    T(intended,  cancel,          cancelled, cancelled)
    T(intended,  no_number,       failed,    cancelled)
    T(buying,    purchased,       bought,    releasing)
    T(buying,    unavailable,     searching, cancelled)
    T(buying,    refused,         failed,    failed)
    T(buying,    repeat_refused,  in_doubt,  in_doubt)
    T(buying,    throttled,       intended,  cancelled)
    T(buying,    throttled_again, in_doubt,  in_doubt)
    T(buying,    ambiguous,       in_doubt,  in_doubt)
    T(buying,    foreign,         conflict,  conflict)
    T(buying,    rolled_back,     failed,    cancelled)
    T(in_doubt,  purchased,       bought,    releasing)
    T(in_doubt,  resend,          buying,    in_doubt)
    T(in_doubt,  not_seen,        in_doubt,  in_doubt)
    T(in_doubt,  absent,          searching, cancelled)
    T(in_doubt,  foreign,         conflict,  conflict)
    T(in_doubt,  rolled_back,     failed,    cancelled)
    T(in_doubt,  postpone,        in_doubt,  in_doubt)
    T(bought,    settle,          done,      releasing)
    T(bought,    postpone,        bought,    releasing)
    T(bought,    gone,            failed,    cancelled)
    T(releasing, released,        released,  cancelled)
    T(releasing, postpone,        releasing, releasing)
    T(conflict,  dismiss,         failed,    failed)
    :: else -> next = 0
    fi
}

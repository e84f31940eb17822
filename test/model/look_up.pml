/* One step looked up in the transition table, which is made from extension/tenant/transitions. */

#include "transitions.pml"

/* Between the step and what follows of it in the same atomic sequence; 0 everywhere else. */
mtype event;  /* the event of the step, as the database sees it */
mtype next;   /* the state it leads to; 0: the event is not legal in that state */
#define FORGET_STEP event = 0; next = 0

#define T(from, what, to, when_cancelled) :: (JOB(j).state == from && event == what) -> next = (JOB(j).cancel_requested -> when_cancelled : to)

/* Sets `next` from the state of job j, `event`, and whether a cancel was asked for. */
inline look_up(j) {
    if
    TRANSITIONS
    :: else -> next = 0
    fi
}

/* The protocol of purchases and releases as a model that spin searches whole: tenants, two sidecars, time, Twilio, a sweeper and an operator. README.md explains. */

#include "rules.pml"
#include "names.pml"
#include "twilio.pml"
#include "database.pml"
#include "look_up.pml"
#include "sidecar.pml"

#if RESTORE
Database nothing;
#endif
bit restored;

#define NEW_JOB(j, s) JOB(j).state = s; JOB(j).lease = NOBODYS

/* ---- tenants: provision_number(), release_number() */

active proctype tenant_a() {
    bit gave_back;
    d_step {
#if FOREIGN_NUMBER
        number[0].sid = 1;
        number[0].times = 1;
        number[0].buyer = CONSOLE;
#endif
        NEW_JOB(BUY_A, queued)
    };
end:
    do
    :: atomic { !gave_back && JOB(BUY_A).state != 0 && IS_RUNNING(BUY_A) && !JOB(BUY_A).cancel_requested ->
        /* Release during a purchase is a cancel of that job. */
        gave_back = 1;
        JOB(BUY_A).cancel_requested = 1;
        promise[A].number = NONE;
        promise[A].sid = 0;
        if
        :: JOB(BUY_A).state == queued && !MAY_HAVE_BOUGHT(BUY_A) -> d_step { take_step(BUY_A, cancel, NONE, 0); FORGET_STEP }
        :: else
        fi }
    :: atomic { !gave_back && JOB(RELEASE).state == 0 && db.live[A].state == LIVE && !IS_RUNNING(BUY_A) ->
        gave_back = 1;
        d_step {
            db.live[A].state = RELEASING;
            promise[A].number = NONE;
            promise[A].sid = 0;
            NEW_JOB(RELEASE, releasing);
            JOB(RELEASE).number = db.live[A].number;
            JOB(RELEASE).sid = db.live[A].sid
        } }
    od
}

#if SECOND_TENANT
active proctype tenant_b() {
    d_step { NEW_JOB(BUY_B, queued) }
}
#endif

/* ---- time: leases, the longest request life, the late horizon, and what Twilio carries out late */

#define LEASE_ENDS(j) \
    :: d_step { JOB(j).lease == RUNNING && !(HELD_BY(0, j) && attempt[0].in_time) && !(HELD_BY(1, j) && attempt[1].in_time) -> JOB(j).lease = ENDED } \
    :: d_step { JOB(j).lease == ENDED && late_rollback_of != j -> JOB(j).lease = OVER }
#define SLOW(p) \
    :: d_step { attempt[p].job != NONE && attempt[p].in_time && MISHAP -> attempt[p].in_time = 0 }
#define HORIZON(c) \
    :: d_step { db.hold[c].state == QUARANTINED && late_number != ((c) % NUMBERS) -> db.hold[c].state = HORIZON_PASSED }

active proctype time() {
end:
    do
    LEASE_ENDS(BUY_A)
#if SECOND_TENANT
    LEASE_ENDS(BUY_B)
#endif
    LEASE_ENDS(RELEASE)
    LEASE_ENDS(ORPHAN)
    SLOW(0)
    SLOW(1)
    HORIZON(0)
#if HOLDS > 1
    HORIZON(1)
#endif
#if HOLDS > 2
    HORIZON(2)
    HORIZON(3)
#endif
    :: atomic { !cut && MISHAP -> cut = 1 }
    :: d_step { cut -> cut = 0 }
    od
}

active proctype twilio() {
end:
    do
    :: d_step { late_job != NONE ->
        if
        :: REFUSES(late_job, late_number)
        :: else -> apply_purchase(late_job, late_number)
        fi;
        late_job = NONE; late_number = NONE }
    :: d_step { late_delete != NONE -> apply_delete(late_delete, late_delete_sid); late_delete = NONE; late_delete_sid = 0; late_rollback_of = NONE }
    od
}

/* ---- telephonyd reconcile --repair: lists, and later asks the database, which judges again */

#define IS_LIVE_AT(org, n, s) (db.live[org].state != FREE && db.live[org].number == n && db.live[org].sid == s)
#define WORKS_ON(j, n, s) (JOB(j).state != 0 && !IS_TERMINAL(JOB(j).state) && JOB(j).number == n && JOB(j).sid == s)
/* reconcile_numbers(): verdict `written_off`, by the tag or by the SID. */
#define WROTE_OFF(j, n, s) (JOB(j).state == written_off && JOB(j).number == n && JOB(j).sid == s)
#define IS_WRITTEN_OFF(n, s, t) (WRITE_OFF && ((t != NONE && JOB(t).state == written_off) || WROTE_OFF(BUY_A, n, s) || WROTE_OFF(RELEASE, n, s)))
/* reconcile_numbers(): verdict `orphan` for purchase s of number n with tag t. */
#define IS_ORPHAN(n, s, t) (!(RULE_UNKNOWN_TAG_WRITTEN_OFF && IS_WRITTEN_OFF(n, s, t)) && !(RULE_LATE_HORIZON_LIVE_FIRST && (IS_LIVE_AT(A, n, s) || IS_LIVE_AT(B, n, s))) \
    && !WORKS_ON(BUY_A, n, s) && !WORKS_ON(BUY_B, n, s) && !WORKS_ON(RELEASE, n, s) && !WORKS_ON(ORPHAN, n, s) \
    && t != NONE && ((!RULE_UNKNOWN_TAG_LISTED && JOB(t).state == 0) || (IS_TERMINAL(JOB(t).state) \
    && !(RULE_LATE_HORIZON_LIVE_FIRST && HOLD(t, n).state == LIVE) && ((JOB(t).number == n && JOB(t).sid == s) || IS_OURS(t, n, s)))))

active proctype sweeper() {
    byte n = NONE, s, t;
end:
    do
    :: atomic { n == NONE && number[0].sid != 0 && IS_ORPHAN(0, number[0].sid, number[0].tag) -> n = 0; s = number[0].sid; t = number[0].tag }
#if NUMBERS > 1
    :: atomic { n == NONE && number[1].sid != 0 && IS_ORPHAN(1, number[1].sid, number[1].tag) -> n = 1; s = number[1].sid; t = number[1].tag }
#endif
    :: d_step { n != NONE && !IS_RUNNING(ORPHAN) && !db.recovery ->
        if
        :: IS_ORPHAN(n, s, t) ->
            if
            :: IS_WRITTEN_OFF(n, s, t) -> NEVER(written_off_touched)
            :: else
            fi;
            db.orphan_is_of_b = ORG(t) == B;
            NEW_JOB(ORPHAN, releasing);
            JOB(ORPHAN).number = n;
            JOB(ORPHAN).sid = s
        :: else
        fi;
        n = NONE; s = 0; t = 0 }
    od
}

/* ---- an operator looks into conflicts and, after a restore, at every number that nobody knows any more */

#define IS_UNKNOWN(n) (number[n].sid != 0 && number[n].tag != NONE && JOB(number[n].tag).state == 0 && !IS_LIVE_AT(A, n, number[n].sid))
/* reconcile calls it unknown_job or conflict: never released by us. */
#define IS_FOR_AN_OPERATOR(n) (number[n].sid != 0 && number[n].tag != NONE && !IS_LIVE_AT(A, n, number[n].sid) && \
    (JOB(number[n].tag).state == 0 || IS_TERMINAL(JOB(number[n].tag).state)) && !IS_ORPHAN(n, number[n].sid, number[n].tag) && \
    !WORKS_ON(BUY_A, n, number[n].sid) && !WORKS_ON(RELEASE, n, number[n].sid) && !WORKS_ON(ORPHAN, n, number[n].sid))
#define IS_BUSY(j) (IS_RUNNING(j) || JOB(j).state == conflict)
#define ADOPTABLE(n) (IS_FOR_AN_OPERATOR(n) && JOB(ADOPT).state == 0 && db.live[A].state == FREE && !IS_BUSY(BUY_A) && !IS_BUSY(RELEASE) && \
    (HOLD(ADOPT, n).state == FREE || HOLD(ADOPT, n).state == QUARANTINED || HOLD(ADOPT, n).state == HORIZON_PASSED))

/* telephonyd reconcile --adopt SID --org A */
inline adopt(n) {
    JOB(ADOPT).state = done;
    JOB(ADOPT).number = n;
    JOB(ADOPT).sid = number[n].sid;
    HOLD(ADOPT, n).job = ADOPT;
    HOLD(ADOPT, n).posted = 1;
    make_live(ADOPT);
    number[n].tag = ADOPT
}

#define OPERATOR_SEES(n) \
    :: d_step { restored && ADOPTABLE(n) && IS_PROMISED(A, n, number[n].sid) -> adopt(n) } \
    :: d_step { restored && IS_FOR_AN_OPERATOR(n) && !IS_PROMISED(A, n, number[n].sid) -> i = number[n].sid; apply_delete(n, i) }

#define WRITES_OFF(j) \
    :: d_step { JOB(j).lease == NOBODYS && (JOB(j).state == in_doubt || JOB(j).state == bought || JOB(j).state == releasing || \
        (JOB(j).state == intended && HOLD(j, JOB(j).number).posted)) -> \
        take_step(j, write_off, NONE, 0); FORGET_STEP }

active proctype operator() {
end:
    do
    :: d_step { JOB(BUY_A).state == conflict -> take_step(BUY_A, dismiss, NONE, 0); FORGET_STEP }
#if SECOND_TENANT
    :: d_step { JOB(BUY_B).state == conflict -> take_step(BUY_B, dismiss, NONE, 0); FORGET_STEP }
#endif
#if WRITE_OFF
    /* write_off_number(): refused while a sidecar is at work, or a request of one may still be. */
    WRITES_OFF(BUY_A)
    WRITES_OFF(RELEASE)
#endif
#if RESTORE
    OPERATOR_SEES(0)
    OPERATOR_SEES(1)
    /* telephonyd resume: once every number is known here; that takes people longer than a lease and a request. */
    :: d_step { db.recovery && !IS_UNKNOWN(0) && !IS_UNKNOWN(1) && !attempt[0].in_time && !attempt[1].in_time && late_delete == NONE ->
        db.recovery = 0 }
#endif
    od
}

#if RESTORE
/* ---- a backup, and its return */

Database backup;
#define COPY(to, from) \
    i = 0; \
    do \
    :: i < JOBS -> \
        to.job[i].state = from.job[i].state; \
        to.job[i].token = from.job[i].token; \
        to.job[i].lease = from.job[i].lease; \
        to.job[i].number = from.job[i].number; \
        to.job[i].sid = from.job[i].sid; \
        to.job[i].posts = from.job[i].posts; \
        to.job[i].refused_again = from.job[i].refused_again; \
        to.job[i].looked = from.job[i].looked; \
        to.job[i].cancel_requested = from.job[i].cancel_requested; \
        i++ \
    :: else -> break \
    od; \
    i = 0; \
    do \
    :: i < HOLDS -> \
        to.hold[i].state = from.hold[i].state; \
        to.hold[i].job = from.hold[i].job; \
        to.hold[i].intent = from.hold[i].intent; \
        to.hold[i].posted = from.hold[i].posted; \
        i++ \
    :: else -> break \
    od; \
    to.live[A].state = from.live[A].state; \
    to.live[A].number = from.live[A].number; \
    to.live[A].sid = from.live[A].sid

active proctype backup_and_restore() {
    d_step { COPY(backup, db) };
    /* The first connection to it sees that the cluster is another one: hello() starts recovery and gives every job a token of a new series. */
    d_step {
        COPY(db, backup);
        COPY(backup, nothing);
        db.recovery = RULE_UNKNOWN_TAG_RECOVERY;
        restored = 1;
        i = 0;
        do
        :: i < JOBS && RULE_UNKNOWN_TAG_TOKENS -> JOB(i).token = JOB(i).token + 64; i++
        :: else -> break
        od;
        i = 0
    }
}
#endif

/* ---- when nothing more can happen: every job has ended, and every number that we bought is somebody's */

#define STRANDED(n) (number[n].sid != 0 && number[n].buyer != CONSOLE && !IS_WRITTEN_OFF(n, number[n].sid, number[n].tag) && !IS_LIVE_AT(A, n, number[n].sid) && !IS_LIVE_AT(B, n, number[n].sid))
active proctype monitor() {
    timeout ->
    d_step {
        if
        :: STRANDED(0) || STRANDED(NUMBERS - 1) -> NEVER(orphan_for_ever)
        :: else
        fi;
        i = 0;
        do
        :: i < JOBS ->
            if
            :: IS_RUNNING(i) || JOB(i).state == conflict -> NEVER(job_without_way_out)
            :: else
            fi;
            i++
        :: else -> break
        od
    }
}

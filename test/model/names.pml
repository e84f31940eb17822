/* Names that every part of the model shares: organizations, jobs, what goes wrong, and what must never be reached. */

#define A 0
#define B 1

/* Jobs, by what they are for. */
#define BUY_A 0
#define BUY_B 1
#define RELEASE 2  /* of A's number */
#define ORPHAN 3   /* release of a number that belongs to nobody */
#define ADOPT 4    /* for A */
#define JOBS 5
#define ORG(j) ((j == BUY_B || (j == ORPHAN && db.orphan_is_of_b)) -> B : A)
#define JOB(j) db.job[j]

#define CONSOLE 14  /* as a buyer: somebody in Twilio's console */
#define NONE 15    /* no job, no number, no tag */

byte faults = FAULTS;
#define MISHAP faults > 0 -> faults--

/* What no schedule may reach; the name is what the failing assertion shows. */
bit two_owners, orphan_for_ever, live_number_deleted, foreign_number_touched, bought_twice, job_without_way_out,
    written_off_touched, other_than_wished;
#define NEVER(what) what = 1; assert(!what)

/* Ghost: the number an organization was told is its own and has not released, whatever became of the database. */
typedef Promise { byte number = NONE; byte sid }
Promise promise[2];
#define IS_PROMISED(org, n, s) (promise[org].number == n && promise[org].sid == s)

/* What a run of the search is told with -D: the situation, how much may go wrong, and which rule of DESIGN 8 is switched off. */

/* Situations; all 0: one installation, two organizations, an empty account. */
#ifndef TWO_INSTALLATIONS
#define TWO_INSTALLATIONS 0  /* each organization has a database and a sidecar of its own; both share the account */
#endif
#ifndef FOREIGN_NUMBER
#define FOREIGN_NUMBER 0     /* a person bought one of the numbers before; a list may miss it (a fault) */
#endif
#ifndef RESTORE
#define RESTORE 0            /* the database goes back to an earlier state once; a person adopts, dismisses and resumes */
#endif
#ifndef SECOND_TENANT
#define SECOND_TENANT 1      /* organization B wants a number as well */
#endif
#ifndef NUMBERS
#define NUMBERS 2            /* how many numbers Twilio has */
#endif
#ifndef FAULTS
#define FAULTS 2             /* how many things go wrong, of any kind, in any order */
#endif

/* Rules: 1 as built, 0 switched off. A rule of two halves has a switch for each. */
#ifndef RULE_1
#define RULE_1 1             /* the tag names installation and job */
#endif
#ifndef RULE_2
#define RULE_2 1
#endif
#ifndef RULE_2_DURABLE
#define RULE_2_DURABLE RULE_2  /* the intent is on disk before the purchase is sent */
#endif
#ifndef RULE_2_LIST
#define RULE_2_LIST RULE_2     /* an attempt lists its own tag before it searches or buys */
#endif
#ifndef RULE_3
#define RULE_3 1             /* a number older than the intent is not ours, whatever its tag */
#endif
#ifndef RULE_4
#define RULE_4 1
#endif
#ifndef RULE_4_HORIZON
#define RULE_4_HORIZON RULE_4  /* a number once asked for stays claimed until the late horizon */
#endif
#ifndef RULE_4_LIVE_FIRST
#define RULE_4_LIVE_FIRST RULE_4  /* the sweeper looks at live SIDs before any tag */
#endif
#ifndef RULE_5
#define RULE_5 1
#endif
#ifndef RULE_5_LEASE
#define RULE_5_LEASE RULE_5    /* a rollback only while our own lease outlasts the request */
#endif
#ifndef RULE_5_RESCUER
#define RULE_5_RESCUER RULE_5  /* a rescuer waits out the longest request life as well */
#endif
#ifndef RULE_5_UNCONFIRMED
#define RULE_5_UNCONFIRMED RULE_5  /* after a DELETE without answer the attempt ends and keeps its lease: a rescuer looks later */
#endif
#ifndef RULE_6
#define RULE_6 1             /* a settling COMMIT sent and unanswered: the number is kept, the database read again */
#endif
#ifndef RULE_8
#define RULE_8 1
#endif
#ifndef RULE_8_UNKNOWN
#define RULE_8_UNKNOWN RULE_8  /* a tag whose job the database does not know is never released */
#endif
#ifndef RULE_8_RECOVERY
#define RULE_8_RECOVERY RULE_8  /* after a restore nothing is bought or deleted until a person says so */
#endif
#ifndef RULE_8_TOKENS
#define RULE_8_TOKENS RULE_8   /* after a restore no token of before is ever given again */
#endif

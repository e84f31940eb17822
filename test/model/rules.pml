/* What a run of the search is told with -D: the situation, how much may go wrong, and which rule of docs/architecture.md is switched off. */

/* Situations; all 0: one installation, two organizations, an empty account. */
#ifndef TWO_INSTALLATIONS
#define TWO_INSTALLATIONS 0  /* each organization has a database and a sidecar of its own; both share the account */
#endif
#ifndef FOREIGN_NUMBER
#define FOREIGN_NUMBER 0     /* one of the numbers was bought in the console before; a list may miss it (a fault) */
#endif
#ifndef RESTORE
#define RESTORE 0            /* the database goes back to an earlier state once; an operator adopts, dismisses and resumes */
#endif
#ifndef WRITE_OFF
#define WRITE_OFF 0          /* an operator gives numbers up that nobody is at work on */
#endif
#ifndef SECOND_TENANT
#define SECOND_TENANT 1      /* organization B wants a number as well */
#endif
#ifndef WISH
#define WISH 0               /* organization A wants number 0 and no other */
#endif
#ifndef NUMBERS
#define NUMBERS 2            /* how many numbers Twilio has */
#endif
#ifndef FAULTS
#define FAULTS 2             /* how many things go wrong, of any kind, in any order */
#endif

/* Rules: 1 as built, 0 switched off. A rule of two halves has a switch for each. */
#ifndef RULE_TAG
#define RULE_TAG 1                                                 /* the tag names installation and job */
#endif
#ifndef RULE_INTENT_FIRST
#define RULE_INTENT_FIRST 1
#endif
#ifndef RULE_INTENT_FIRST_DURABLE
#define RULE_INTENT_FIRST_DURABLE RULE_INTENT_FIRST                /* the intent is on disk before the purchase is sent */
#endif
#ifndef RULE_INTENT_FIRST_LIST
#define RULE_INTENT_FIRST_LIST RULE_INTENT_FIRST                   /* an attempt lists its own tag before it searches or buys */
#endif
#ifndef RULE_PROVE_OURS
#define RULE_PROVE_OURS 1                                          /* a number older than the intent is not ours, whatever its tag */
#endif
#ifndef RULE_LATE_HORIZON
#define RULE_LATE_HORIZON 1
#endif
#ifndef RULE_LATE_HORIZON_HELD
#define RULE_LATE_HORIZON_HELD RULE_LATE_HORIZON                   /* a number once asked for stays claimed until the late horizon */
#endif
#ifndef RULE_LATE_HORIZON_LIVE_FIRST
#define RULE_LATE_HORIZON_LIVE_FIRST RULE_LATE_HORIZON             /* the sweeper looks at live SIDs before any tag */
#endif
#ifndef RULE_ROLLBACK_IN_LEASE
#define RULE_ROLLBACK_IN_LEASE 1
#endif
#ifndef RULE_ROLLBACK_IN_LEASE_OWN
#define RULE_ROLLBACK_IN_LEASE_OWN RULE_ROLLBACK_IN_LEASE          /* a rollback only while our own lease outlasts the request */
#endif
#ifndef RULE_ROLLBACK_IN_LEASE_RESCUER
#define RULE_ROLLBACK_IN_LEASE_RESCUER RULE_ROLLBACK_IN_LEASE      /* a rescuer waits out the longest request life as well */
#endif
#ifndef RULE_ROLLBACK_IN_LEASE_UNCONFIRMED
#define RULE_ROLLBACK_IN_LEASE_UNCONFIRMED RULE_ROLLBACK_IN_LEASE  /* after an unanswered DELETE the attempt ends, lease kept */
#endif
#ifndef RULE_SETTLE_UNKNOWN
#define RULE_SETTLE_UNKNOWN 1                                      /* a settling COMMIT sent and unanswered: the number is kept, the database read again */
#endif
#ifndef RULE_UNKNOWN_TAG
#define RULE_UNKNOWN_TAG 1
#endif
#ifndef RULE_UNKNOWN_TAG_LISTED
#define RULE_UNKNOWN_TAG_LISTED RULE_UNKNOWN_TAG                   /* a tag whose job the database does not know is never released */
#endif
#ifndef RULE_UNKNOWN_TAG_RECOVERY
#define RULE_UNKNOWN_TAG_RECOVERY RULE_UNKNOWN_TAG                 /* after a restore nothing is bought or deleted until an operator says so */
#endif
#ifndef RULE_UNKNOWN_TAG_TOKENS
#define RULE_UNKNOWN_TAG_TOKENS RULE_UNKNOWN_TAG                   /* after a restore no token of before is ever given again */
#endif
#ifndef RULE_UNKNOWN_TAG_WRITTEN_OFF
#define RULE_UNKNOWN_TAG_WRITTEN_OFF RULE_UNKNOWN_TAG              /* a number that an operator has written off is never released */
#endif
#ifndef RULE_WISH
#define RULE_WISH 1                                                /* a number that was chosen is bought, or none */
#endif

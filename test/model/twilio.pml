/* Twilio: which numbers the account holds, requests that take effect late, and what must never happen there. */

typedef Number {
    byte sid;    /* which purchase of it this is, counted from 1: SID and date_created in one; 0: not in the account */
    byte tag = NONE;    /* the job its FriendlyName names */
    byte buyer = NONE;  /* ghost: the job whose request bought it */
    byte times   /* ghost: how often it was bought so far */
}
Number number[NUMBERS];

/* One purchase and one DELETE each that Twilio has received and may carry out at any later moment (a fault each). */
byte late_job = NONE, late_number = NONE;
byte late_delete = NONE, late_delete_sid, late_rollback_of = NONE;

#define SAME_TAG(tag, j) (tag == j || (!RULE_TAG && tag != NONE))

/* The other installation has just bought the number: taken as refused, see README, "What no protocol can tell". */
#define REFUSES(j, n) (TWO_INSTALLATIONS && number[n].sid != 0 && ORG(number[n].buyer) != ORG(j))

/* POST IncomingPhoneNumbers of job j for number n takes effect: a purchase, or an update of a number the account has. */
inline apply_purchase(j, n) {
    if
    :: number[n].sid == 0 ->
        number[n].times++;
        number[n].sid = number[n].times;
        number[n].buyer = j;
        number[n].tag = j
    :: else ->
        if
        :: number[n].buyer == CONSOLE && !missed -> NEVER(foreign_number_touched)
        :: number[n].buyer != CONSOLE && ORG(number[n].buyer) != ORG(j) -> NEVER(foreign_number_touched)
        :: else
        fi;
        number[n].tag = j
    fi
}
bit missed;  /* ghost: a list left the foreign number out, so that its update could not be avoided */

/* DELETE of purchase s of number n takes effect. */
inline apply_delete(n, s) {
    if
    :: number[n].sid == s ->
        if
        :: number[n].buyer == CONSOLE -> NEVER(foreign_number_touched)
        :: IS_PROMISED(A, n, s) || IS_PROMISED(B, n, s) -> NEVER(live_number_deleted)
        :: else
        fi;
        number[n].sid = 0;
        number[n].tag = NONE;
        number[n].buyer = NONE
    :: else
    fi
}

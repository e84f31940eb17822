-- 0012 down: removes what operators see and call.

DROP FUNCTION telephony_internal.cancel_job(uuid);
DROP FUNCTION telephony_internal.retry_job(uuid);
DROP FUNCTION telephony_internal.lock_job(uuid);
DROP VIEW telephony_internal.job_overview;
DROP TABLE telephony_internal.job_states;
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object ~ '^telephony_internal\.(job_overview$|(retry_job|cancel_job)\()';

-- 0005 down: removes the calls of the sidecar.

DROP FUNCTION telephony_internal.dismiss_conflict(uuid, text);
DROP FUNCTION telephony_internal.adopt_number(uuid, text, text, text, timestamptz);
DROP FUNCTION telephony_internal.report_orphan(text, text, text, text, timestamptz);
DROP FUNCTION telephony_internal.reconcile_numbers(text, jsonb);
DROP FUNCTION telephony_internal.live_claims(text);
DROP FUNCTION telephony_internal.renew_lease(uuid, bigint, integer);
DROP FUNCTION telephony_internal.claim_jobs(text, integer, integer);
DROP FUNCTION telephony_internal.resume(uuid);
DROP FUNCTION telephony_internal.hello(uuid, text, text);
DROP FUNCTION telephony_internal.cluster_identity();
DROP FUNCTION telephony_internal.require_installation(uuid);
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object ~ '^telephony_internal\.(hello|resume|claim_jobs|renew_lease|live_claims|reconcile_numbers|report_orphan|adopt_number|dismiss_conflict)\(';

-- 0004 down: removes jobs, their events, the claims on numbers and the transition table.

DROP FUNCTION telephony_internal.retire_number(telephony_internal.jobs);
DROP FUNCTION telephony_internal.make_live(telephony_internal.jobs);
DROP FUNCTION telephony_internal.request_cancel(telephony_internal.jobs);
DROP FUNCTION telephony_internal.take_step(telephony_internal.jobs, text, jsonb);
DROP FUNCTION telephony_internal.advance(uuid, bigint, text, jsonb);
DROP FUNCTION telephony_internal.may_have_bought(uuid);
DROP FUNCTION telephony_internal.is_ours(uuid, telephony.e164, text, timestamptz);
DROP FUNCTION telephony_internal.let_go_of_numbers(uuid, telephony.e164);
DROP FUNCTION telephony_internal.claim_number(telephony.e164, telephony_internal.jobs, text);
DROP FUNCTION telephony_internal.next_purchase_at(uuid);
DROP FUNCTION telephony_internal.buyable_kinds(uuid, text);
DROP FUNCTION telephony_internal.account_of(uuid);
DROP FUNCTION telephony_internal.wake_sidecars();
DROP FUNCTION telephony_internal.require_durable_commit();
DROP FUNCTION telephony_internal.tag_of(uuid);
DROP FUNCTION telephony_internal.tag_prefix();
DROP FUNCTION telephony_internal.long_id(text);
DROP FUNCTION telephony_internal.short_id(uuid);
DROP TABLE telephony_internal.number_claims;
DROP TABLE telephony_internal.job_events;
DROP TABLE telephony_internal.jobs;
DROP TABLE telephony_internal.job_transitions;
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object = 'telephony_internal.advance(uuid, bigint, text, jsonb)';

DROP VIEW telephony_internal.job_overview;
DROP TYPE telephony_internal.replayed_erasure;
DROP TYPE telephony_internal.compared_number;
DROP TYPE telephony_internal.claimed_job;
DROP TABLE telephony_internal.erasures;
DROP TABLE telephony_internal.number_holds;
DROP TABLE telephony_internal.job_events;
DROP TABLE telephony_internal.jobs;

DROP VIEW telephony_internal.job_overview;
DROP TABLE telephony_internal.erasures;
DROP TABLE telephony_internal.number_holds;
DROP TABLE telephony_internal.job_events;
DROP TABLE telephony_internal.jobs;

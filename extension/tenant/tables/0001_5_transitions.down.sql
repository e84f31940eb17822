DROP TABLE telephony_internal.job_states;
DROP TABLE telephony_internal.job_transitions;

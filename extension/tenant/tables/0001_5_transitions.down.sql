DROP TYPE telephony_internal.job_step;
DROP TYPE telephony_internal.job_standing;
DROP TABLE telephony_internal.job_event_rules;
DROP TABLE telephony_internal.job_states;
DROP TABLE telephony_internal.job_transitions;

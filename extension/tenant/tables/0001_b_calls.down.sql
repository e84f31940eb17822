DROP TYPE telephony_internal.call_standing;
DROP TYPE telephony_internal.claimed_call;
DROP TABLE telephony_internal.call_blocks;
DROP TABLE telephony_internal.call_events;
DROP TABLE telephony_internal.calls;
DROP TABLE telephony_internal.call_event_rules;
DROP TABLE telephony_internal.call_states;
DROP TABLE telephony_internal.call_transitions;

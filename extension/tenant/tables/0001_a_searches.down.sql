DROP TYPE telephony_internal.claimed_search;
DROP TABLE telephony_internal.number_searches;

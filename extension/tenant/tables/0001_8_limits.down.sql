DROP TABLE telephony_internal.org_limits;

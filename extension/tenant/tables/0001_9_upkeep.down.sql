DROP TYPE telephony_internal.upkeep_task;
DROP TABLE telephony_internal.upkeep;

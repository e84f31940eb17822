DROP TYPE telephony_api.request_limit_report;
DROP TYPE telephony_api.check_result;
DROP TYPE telephony_api.org_limit;
DROP TYPE telephony_api.chosen_country;
DROP TYPE telephony_api.country_count;
DROP TYPE telephony_api.twilio_account;
DROP TYPE telephony_api.number_status;
DROP TYPE telephony_api.number_job;

DROP TABLE telephony_api.carriers;
DROP TABLE telephony_api.countries;

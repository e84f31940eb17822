-- tier: owner
CREATE FUNCTION telephony_internal.shown_config(config telephony_api.hybrid_forwarding_configs)
RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_line   telephony.e164 := config.sim_phone_number;
    v_region text := telephony.region(v_line);
    v_code   text := CASE
        WHEN EXISTS (SELECT FROM telephony_internal.twilio_credentials c
                      WHERE c.org_id = config.org_id AND c.account_type = 'Trial') THEN 'trial_account'
        WHEN v_region <> config.country_code THEN 'line_of_another_country'
        WHEN NOT telephony.is_valid(v_line) THEN 'line_not_in_plan'
        WHEN telephony.number_type(v_line) = ANY (ARRAY['toll_free', 'premium_rate', 'shared_cost', 'pager', 'uan',
                                                        'voicemail']::telephony.phone_number_type[])
            THEN 'line_is_service_number' END;
BEGIN
    RETURN (config.id, config.sim_phone_number, config.forwarding_type,
            config.country_code, config.carrier_name, config.twilio_forwarding_number, config.ring_time_seconds,
            (SELECT array_agg(s ORDER BY s.step)
               FROM jsonb_populate_recordset(NULL::telephony_api.dial_step, config.codes) s),
            (SELECT coalesce(array_agg(s ORDER BY s.step), '{}')
               FROM jsonb_populate_recordset(NULL::telephony_api.dial_step, config.superseded_codes) s),
            config.status, config.user_confirmed_setup, config.confirmed_at,
            config.forwarding_verdict, config.tested_at,
            CASE v_code
                WHEN 'trial_account'
                THEN 'Your Twilio account is a trial account: only calls from numbers that it has verified reach your '
                    'number, so those of real callers do not. Upgrade it before you dial the codes.'
                WHEN 'line_of_another_country'
                THEN format('The line is a number of %s, its carrier one of %s: check that both are right.', v_region,
                            config.country_code)
                WHEN 'line_not_in_plan'
                THEN format('The line %s is no number that is in use in %s, as far as is known: check its digits.',
                            telephony.mask(v_line), config.country_code)
                WHEN 'line_is_service_number'
                THEN 'The line is a service number, not one of a subscriber: check that it is right.' END, v_code,
            config.created_at, config.updated_at)::telephony_api.forwarding_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.shown_config(telephony_api.hybrid_forwarding_configs) IS
    'A forwarding configuration as calls answer with it.';

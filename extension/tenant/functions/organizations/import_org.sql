-- tier: service
CREATE FUNCTION telephony_internal.import_org(org_id uuid, country_code text, carrier_name text, number text,
                                              number_sid text, account_sid text, purchased_at timestamptz,
                                              original_id text DEFAULT NULL)
RETURNS telephony_api.organization
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org_id(import_org.org_id, import_org.original_id);
    v_country telephony_api.countries;
    v_number  telephony.e164 := telephony_internal.number_argument('number', import_org.number);
    v_before  telephony_api.organizations;
    v_after   telephony_api.organizations;
    v_message text;
    v_hint    text;
BEGIN
    IF import_org.country_code IS NULL THEN
        PERFORM telephony_internal.refuse('import_incomplete', 'an organization is imported with its country',
            hint => 'Give country_code, as supported_countries() lists it.');
    END IF;
    v_country := telephony_internal.resolve_country(import_org.country_code);
    IF num_nonnulls(import_org.number, import_org.number_sid, import_org.account_sid) NOT IN (0, 3) THEN
        PERFORM telephony_internal.refuse('import_incomplete', 'a number is imported with its SID and its account');
    ELSIF import_org.number_sid !~ '^PN[0-9a-fA-F]{32}$' OR import_org.account_sid !~ '^AC[0-9a-f]{32}$' THEN
        PERFORM telephony_internal.refuse('malformed_sid', 'not the SIDs of a number and an account',
            hint => 'number_sid is PN and 32 hexadecimal digits, account_sid AC and 32 in lower case.');
    END IF;
    PERFORM telephony_internal.require_durable_commit();
    -- Adopting locks the settings before the organization: so does whoever adopts or releases by hand.
    PERFORM FROM telephony_internal.settings s FOR UPDATE;
    v_before := telephony_internal.organization_to_change(v_org, import_org.original_id);
    v_after := v_before;
    v_after.telephony_country := v_country.country_code;
    v_after.forwarding_carrier := CASE
        WHEN import_org.carrier_name IS NOT NULL
            THEN (telephony_internal.resolve_carrier(v_country, import_org.carrier_name)).carrier_name
        ELSE telephony_internal.carrier_used(v_before, v_country.country_code) END;
    PERFORM telephony_internal.put_organization(v_before, v_after);
    IF v_number IS NOT NULL AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
            WHERE p.org_id = v_org AND p.number_sid = import_org.number_sid AND p.number = v_number::text
                AND p.status = 'live') THEN
        BEGIN
            PERFORM telephony_internal.adopt_number(v_org, import_org.account_sid, import_org.number_sid,
                                                    import_org.number, coalesce(import_org.purchased_at, now()));
        EXCEPTION WHEN SQLSTATE 'TL005' THEN
            GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT, v_hint = PG_EXCEPTION_HINT;
            PERFORM telephony_internal.refuse('number_not_taken_in', v_message, hint => v_hint);
        END;
    END IF;
    SELECT * INTO v_after FROM telephony_api.organizations o WHERE o.id = v_org;
    PERFORM telephony_internal.audit(v_org, 'import_org', 'organizations', telephony_internal.audited(v_before),
                                     telephony_internal.audited(v_after));
    RETURN telephony_internal.shown_organization(v_after);
END
$$;
COMMENT ON FUNCTION telephony_internal.import_org(uuid, text, text, text, text, text, timestamptz, text) IS
    'Does the work of telephony_api.import_org().';

CREATE FUNCTION telephony_api.import_org(org_id uuid DEFAULT NULL, country_code text DEFAULT NULL,
                                         carrier_name text DEFAULT NULL, number text DEFAULT NULL,
                                         number_sid text DEFAULT NULL, account_sid text DEFAULT NULL,
                                         purchased_at timestamptz DEFAULT NULL, original_id text DEFAULT NULL)
RETURNS telephony_api.organization
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.import_org(import_org.org_id, import_org.country_code, import_org.carrier_name,
                                         import_org.number, import_org.number_sid,
                                         import_org.account_sid, import_org.purchased_at, import_org.original_id);
END
$$;
COMMENT ON FUNCTION telephony_api.import_org(uuid, text, text, text, text, text, timestamptz, text) IS
    'Brings an organization of an earlier system in: its country, carrier, and the number it has at Twilio (E.164, '
    'PN..., AC..., date_created; default now), which is its live number from then on and is not touched at Twilio. '
    'Where tokens name organizations by a text, give it as original_id: the id is telephony.org_uuid() of it. '
    'Again with the same values: nothing changes. number_not_taken_in (409) says why a number is not taken in.';

-- tier: tenant
CREATE FUNCTION telephony_internal.provision_number(country_code text, carrier_name text, area_code text,
    contains text, number_type text, number text, or_similar boolean)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries;
    v_carrier text;
    v_row     telephony_api.organizations;
    v_after   telephony_api.organizations;
    v_job     telephony_internal.jobs;
    v_wishes  jsonb := '{}';
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    -- The row lock makes concurrent requests of one organization wait for each other.
    v_row := telephony_internal.organization_to_change(v_org);
    v_job := telephony_internal.running_number_job(v_org);
    IF v_job.kind = 'release' THEN
        PERFORM telephony_internal.refuse('number_exists', 'your organization has a number still: it is being released',
            hint => 'Wait until provisioning_status() says released, then ask again.');
    ELSIF v_job.cancel_requested
          OR v_job.country_code <> upper(btrim(coalesce(provision_number.country_code, v_row.telephony_country))) THEN
        PERFORM telephony_internal.refuse('purchase_running',
            format('a purchase of a number for %s is under way%s', v_job.country_code,
                   CASE WHEN v_job.cancel_requested THEN ', and being cancelled' END));
    ELSIF v_job.id IS NULL THEN
        v_job := telephony_internal.purchase_done(v_row, provision_number.country_code);
    END IF;
    IF num_nonnulls(provision_number.area_code, provision_number.contains, provision_number.number_type,
                    provision_number.number) > 0 THEN
        v_wishes := telephony_internal.purchase_wishes(
            telephony_internal.country_of_number(v_row, coalesce(v_job.country_code, provision_number.country_code)),
            provision_number.area_code, provision_number.contains, provision_number.number_type,
            provision_number.number, provision_number.or_similar);
    END IF;
    IF v_job.wishes - 'offer' <> v_wishes THEN
        IF NOT v_job.ended THEN
            PERFORM telephony_internal.refuse('purchase_running',
                format('a purchase with other wishes is under way: job %s', v_job.id));
        ELSIF v_wishes <> '{}' THEN
            v_job := NULL;   -- there is a number, and it is another
        END IF;
    END IF;
    IF v_job.id IS NULL THEN
        IF v_row.assigned_twilio_number IS NOT NULL
           OR EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = v_org AND p.released_at IS NULL) THEN
            PERFORM telephony_internal.refuse('number_exists',
                format('your organization has a number already: %s',
                    coalesce(telephony.mask(v_row.assigned_twilio_number), 'it is being released')));
        END IF;
        v_country := telephony_internal.country_of_number(v_row, provision_number.country_code);
        IF provision_number.carrier_name IS NOT NULL THEN
            v_carrier := (telephony_internal.resolve_carrier(v_country, provision_number.carrier_name)).carrier_name;
        ELSE
            v_carrier := telephony_internal.carrier_used(v_row, v_country.country_code);
        END IF;
        PERFORM telephony_internal.account_to_buy_in(v_org);
        IF v_wishes ? 'number' THEN
            v_wishes := v_wishes || jsonb_build_object('offer',
                telephony_internal.offer_of(v_org, v_country.country_code, v_wishes));
        END IF;
        IF telephony_internal.buyable_kinds(v_org, v_country.country_code, v_wishes) IS NULL THEN
            PERFORM telephony_internal.refuse('needs_bundle',
                format('a number for %s cannot be bought without a regulatory profile', v_country.country_name),
                detail => format('Twilio sells %s numbers in %s only with an approved regulatory bundle, an address '
                    'or both.', array_to_string(v_country.number_types, ' and '),
                    array_to_string(v_country.provision_countries, ' and ')),
                hint => format('Have them approved in your Twilio account, then call set_regulatory_profile() with '
                    'country_code %s, number_type %s, address_sid (AD...) and bundle_sid (BU...).',
                    v_country.provision_countries[1], array_to_string(v_country.number_types, ' or ')));
        END IF;
        IF telephony_internal.voice_parameters(v_org) IS NULL THEN
            PERFORM telephony_internal.refuse('no_voice_settings',
                'numbers cannot be bought yet: nothing is configured to answer their calls',
                hint => 'The operator must call telephony_internal.set_voice_settings() with a voice URL, an '
                    'application or a trunk first.');
        END IF;
        v_after := v_row;
        v_after.telephony_country := v_country.country_code;
        v_after.forwarding_carrier := v_carrier;
        PERFORM telephony_internal.put_organization(v_row, v_after);
        INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code, wishes)
        SELECT v_org, 'provision', 'queued', now() + s.job_deadline, v_country.country_code, v_wishes
          FROM telephony_internal.settings s
        RETURNING * INTO v_job;
        PERFORM telephony_internal.audit(v_org, 'provision_number', 'organizations', telephony_internal.audited(v_row),
            telephony_internal.audited(v_after) || jsonb_build_object('job_id', v_job.id));
        PERFORM telephony_internal.wake_sidecars();
    END IF;
    RETURN telephony_internal.shown_job(v_job);
END
$$;
COMMENT ON FUNCTION telephony_internal.provision_number(text, text, text, text, text, text, boolean) IS
    'Does the work of telephony_api.provision_number().';

CREATE FUNCTION telephony_api.provision_number(country_code text DEFAULT NULL, carrier_name text DEFAULT NULL,
    area_code text DEFAULT NULL, contains text DEFAULT NULL, number_type text DEFAULT NULL, number text DEFAULT NULL,
    or_similar boolean DEFAULT false)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.provision_number(provision_number.country_code, provision_number.carrier_name,
        provision_number.area_code, provision_number.contains, provision_number.number_type, provision_number.number,
        provision_number.or_similar);
END
$$;
COMMENT ON FUNCTION telephony_api.provision_number(text, text, text, text, text, text, boolean) IS
    'Asks for a number for your organization. Returns at once with the job; provisioning_status() tells how it goes. '
    'area_code, contains and number_type narrow what is bought, as in search_numbers(); number takes one of the '
    'numbers that offered_numbers() shows, and no other: if it is gone, the purchase fails, unless or_similar is true: '
    'then another of its country, area code and type will do. '
    'Asked again for the same country and with the same wishes, it answers with the same job, running or done. '
    'number_exists (409) when there is a number already, for another country or being released; purchase_running (409) '
    'while a purchase for another country or with other wishes, or one that was cancelled, is under way. '
    'offer_not_found (404), offer_expired (409): search again.';

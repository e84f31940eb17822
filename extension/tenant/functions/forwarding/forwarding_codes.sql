-- tier: tenant
CREATE FUNCTION telephony_api.forwarding_codes(country_code text, carrier_name text, forwarding_type text,
    destination text, ring_time_seconds integer DEFAULT NULL) RETURNS SETOF telephony_api.dial_step
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_carrier     record;
    v_same_code   boolean;
    v_abroad      boolean;
    v_destination telephony.e164 := telephony_internal.number_argument('destination', forwarding_codes.destination);
    v_region      text           := telephony.region(v_destination);
    v_type        telephony.phone_number_type := telephony.number_type(v_destination);
    v_style       text;
    v_note        text;
BEGIN
    -- The usual case in one query; what it does not find is an alias, or an error to explain.
    SELECT k.country_code, k.carrier_name, k.display_name, k.dialect, k.safety_net_codes, k.ring_time_adjustable,
        k.number_style, k.service_group, k.notes, k.source, k.verified_on,
           c.calling_code
      INTO v_carrier
      FROM telephony_api.carriers k JOIN telephony_api.countries c ON c.country_code = k.country_code
     WHERE k.country_code = upper(forwarding_codes.country_code)
         AND k.carrier_name = lower(forwarding_codes.carrier_name)
       AND k.is_active AND c.is_active;
    IF NOT FOUND THEN
        SELECT k.country_code, k.carrier_name, k.display_name, k.dialect, k.safety_net_codes, k.ring_time_adjustable,
            k.number_style, k.service_group, k.notes, k.source, k.verified_on,
               c.calling_code, telephony_internal.carrier_name_rank(k, forwarding_codes.carrier_name) IN (1, 3)
                   AS by_reseller
          INTO v_carrier
          FROM telephony_internal.resolve_country(forwarding_codes.country_code) c,
              telephony_internal.resolve_carrier(c, forwarding_codes.carrier_name) k;
        IF v_carrier.by_reseller THEN
            v_note := format('These are the codes of %s, whose network it uses; some of its SIMs may be on another.',
                             v_carrier.display_name);
        END IF;
    END IF;
    v_style := v_carrier.number_style;
    v_note := nullif(concat_ws(' ', v_note, v_carrier.notes), '');
    IF forwarding_codes.forwarding_type IS NULL
        OR forwarding_codes.forwarding_type <> ALL (ARRAY['total_ai', 'safety_net']) THEN
        PERFORM telephony_internal.refuse('forwarding_type_unknown',
            format('unknown forwarding type: %s', telephony_internal.shown(forwarding_codes.forwarding_type)));
    END IF;
    IF v_destination IS NULL THEN
        PERFORM telephony_internal.refuse('number_missing', 'no destination given',
            hint => 'Give the number to forward to in E.164 form, such as +12025550123.');
    END IF;
    -- Not in the plan: perhaps a new area code, perhaps a number that still holds its trunk prefix and so is another
    -- one.
    IF v_region IS NULL AND telephony.try_parse(v_destination::text) OPERATOR(telephony.<>) v_destination THEN
        PERFORM telephony_internal.refuse('number_not_canonical',
            format('destination %s is not in canonical form', telephony.mask(v_destination)),
            detail => 'It holds a prefix that is dialled only inside its country.');
    END IF;
    IF NOT telephony.is_possible(v_destination) THEN
        PERFORM telephony_internal.refuse('number_impossible',
            format('destination %s cannot be a telephone number', telephony.mask(v_destination)),
            detail => 'Its length is not one that its country uses; emergency and short numbers cannot be forwarded '
                'to.');
    END IF;
    IF v_region IS NULL THEN
        v_note := concat_ws(' ', v_note,
                            'The destination is not in the numbering plan of this version: check it before you dial.');
    ELSIF v_type = 'premium_rate' THEN
        v_note := concat_ws(' ', v_note,
                            'The destination is a premium-rate number: each forwarded call costs accordingly.');
    ELSIF v_type = 'personal_number' THEN
        v_note := concat_ws(' ', v_note,
                            'The destination is a personal number: each forwarded call is billed at its special rate.');
    END IF;
    IF forwarding_codes.ring_time_seconds IS NOT NULL THEN
        IF NOT v_carrier.ring_time_adjustable THEN
            PERFORM telephony_internal.refuse('ring_time_not_allowed',
                format('%s has no code for the ring time', v_carrier.display_name),
                hint => 'Leave ring_time_seconds out.');
        ELSIF forwarding_codes.forwarding_type = 'total_ai' THEN
            PERFORM telephony_internal.refuse('ring_time_not_allowed',
                'a ring time has no meaning when all calls are forwarded',
                hint => 'Leave ring_time_seconds out, or choose safety_net.');
        ELSIF forwarding_codes.ring_time_seconds <> ALL (ARRAY[5, 10, 15, 20, 25, 30]) THEN
            PERFORM telephony_internal.refuse('ring_time_not_allowed',
                format('ring time not allowed: %s seconds', forwarding_codes.ring_time_seconds),
                hint => 'Allowed are 5, 10, 15, 20, 25 and 30 seconds.');
        END IF;
    END IF;
    -- A national form is read by the carrier's own network: it can only name a number under its calling code. What a
    -- call costs goes by region: one calling code may serve many, and a toll-free number is that of all of them.
    v_same_code := telephony.calling_code(v_destination) IS NOT DISTINCT FROM v_carrier.calling_code;
    v_abroad := CASE WHEN v_region IS NULL OR v_same_code AND v_type = 'toll_free' THEN NOT v_same_code
                     WHEN v_carrier.country_code = 'US' THEN v_region <> ALL (ARRAY['US', 'PR', 'VI', 'GU', 'AS', 'MP'])
                     ELSE v_region <> v_carrier.country_code END;
    IF v_carrier.dialect = 'star' AND v_abroad THEN
        PERFORM telephony_internal.refuse('destination_abroad',
            format('%s forwards only to numbers of the United States', v_carrier.display_name),
            hint => 'Forward to a number of the United States.');
    END IF;
    IF NOT v_same_code THEN
        v_style := 'e164';
    END IF;
    IF v_abroad THEN
        v_note := concat_ws(' ', v_note,
                            'The destination is abroad: each forwarded call is billed at the international rate.');
    END IF;
    RETURN QUERY
        SELECT d.step, d.condition::telephony_api.forwarding_condition, d.activation_code, d.deactivation_code,
               d.status_code, d.activation_uri, 'tel:' || replace(d.deactivation_code, '#', '%23'),
               'tel:' || replace(d.status_code, '#', '%23'), d.ring_time_seconds, v_note, v_carrier.source,
               v_carrier.verified_on IS NOT NULL AND forwarding_codes.ring_time_seconds IS NULL
          FROM telephony.dial_codes(v_carrier.dialect::text, v_carrier.safety_net_codes, v_style,
                                    forwarding_codes.forwarding_type, v_destination,
                                    forwarding_codes.ring_time_seconds, v_carrier.service_group) d;
END
$$;
COMMENT ON FUNCTION telephony_api.forwarding_codes(text, text, text, text, integer) IS
    'The codes to dial, step by step, so that a carrier forwards all calls (total_ai) or the missed ones (safety_net) '
    'to the destination, with the codes that undo and query each.';

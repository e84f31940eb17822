-- tier: owner
CREATE FUNCTION telephony_internal.offer_of(org_id uuid, country_code text, wishes jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number  telephony.e164 := wishes ->> 'number';
    v_offer   jsonb;
    v_expires timestamptz;
BEGIN
    SELECT o.offer, s.expires_at INTO v_offer, v_expires
      FROM telephony_internal.number_searches s, jsonb_array_elements(s.offers) o (offer)
     WHERE s.org_id = offer_of.org_id AND s.country_code = offer_of.country_code
       AND o.offer ->> 'number' = v_number::text
     ORDER BY s.expires_at DESC LIMIT 1;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('offer_not_found',
            format('%s is not among the numbers that are offered to your organization for %s',
                   telephony.mask(v_number), offer_of.country_code));
    ELSIF v_expires <= clock_timestamp() THEN
        PERFORM telephony_internal.refuse('offer_expired',
            format('the offer of %s has expired', telephony.mask(v_number)));
    ELSIF NOT telephony_internal.meets_wishes(v_number, v_offer ->> 'number_type',
                                              wishes - ARRAY['number', 'or_similar']) THEN
        PERFORM telephony_internal.refuse('wishes_contradict',
            format('%s is not what the other wishes ask for', telephony.mask(v_number)));
    END IF;
    RETURN jsonb_build_object('country_code', v_offer -> 'country_code', 'number_type', v_offer -> 'number_type');
END
$$;
COMMENT ON FUNCTION telephony_internal.offer_of(uuid, text, jsonb) IS
    'Country and type of the number that wishes name, of the offer that was made to the organization. PT404: none was, '
    'PT409: it has expired.';

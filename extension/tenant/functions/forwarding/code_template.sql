-- tier: anon
CREATE FUNCTION telephony_internal.code_template(carrier telephony_api.carriers, forwarding_type text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_codes text;
BEGIN
    -- Made from a real code, with its number and timer put back to placeholders.
    SELECT string_agg(d.activation_code, ' ' ORDER BY d.step) INTO v_codes
      FROM telephony.dial_codes(carrier.dialect::text, carrier.safety_net_codes,
                                CASE carrier.dialect WHEN 'star' THEN 'ten_digits' ELSE 'e164' END,
               code_template.forwarding_type, '+12015550123', CASE WHEN carrier.ring_time_adjustable
                   AND code_template.forwarding_type = 'safety_net' THEN 20 END, carrier.service_group) d;
    RETURN replace(replace(replace(v_codes, '+12015550123', '{number}'), '2015550123', '{number_10}'), '*20#',
                   '*{ring_time}#');
END
$$;
COMMENT ON FUNCTION telephony_internal.code_template(telephony_api.carriers, text) IS
    'The codes of a carrier with placeholders: {number} for the E.164 form with +, {number_10} for ten plain digits, '
    '{ring_time} for seconds; several codes are separated by a space.';

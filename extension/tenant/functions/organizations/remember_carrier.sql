-- tier: owner
CREATE FUNCTION telephony_internal.remember_carrier(org_id uuid, country_code text, carrier_name text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO telephony_internal.carriers_used AS u (org_id, country_code, carrier_name)
    VALUES (remember_carrier.org_id, remember_carrier.country_code, remember_carrier.carrier_name)
    ON CONFLICT ON CONSTRAINT carriers_used_pkey DO UPDATE SET carrier_name = excluded.carrier_name
        WHERE u.carrier_name <> excluded.carrier_name;
END
$$;
COMMENT ON FUNCTION telephony_internal.remember_carrier(uuid, text, text) IS
    'Keeps the carrier that an organization uses in a country that is not, or no longer, the one it has chosen.';

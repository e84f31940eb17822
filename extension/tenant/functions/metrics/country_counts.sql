-- tier: service
CREATE FUNCTION telephony_internal.country_counts()
RETURNS SETOF telephony_api.country_count
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT c.country_code, nullif(c.carrier_name, ''), c.provisioned, sum(c.organizations)::bigint
          FROM (SELECT f.country_code, f.carrier_name, f.provisioned,
                f.organizations FROM telephony_internal.country_counts f
                UNION ALL
                SELECT d.country_code, d.carrier_name, d.provisioned,
                    d.change FROM telephony_internal.country_count_deltas d) c
         GROUP BY c.country_code, c.carrier_name, c.provisioned
        HAVING sum(c.organizations) <> 0
         ORDER BY 1, 2 NULLS FIRST, 3;
END
$$;
COMMENT ON FUNCTION telephony_internal.country_counts() IS 'Does the work of telephony_api.country_counts().';

CREATE FUNCTION telephony_api.country_counts()
RETURNS SETOF telephony_api.country_count
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.country_counts();
END
$$;
COMMENT ON FUNCTION telephony_api.country_counts() IS
    'How many organizations there are by country, carrier (empty: none chosen) and whether they have a number. Those '
    'without a country are not counted.';

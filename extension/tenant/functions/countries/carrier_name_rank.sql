-- tier: anon
CREATE FUNCTION telephony_internal.carrier_name_rank(carrier telephony_api.carriers, name text) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    WITH asked AS (
        SELECT telephony_internal.name_key(carrier_name_rank.name) AS key
    ), known AS (
        SELECT n.known, telephony_internal.name_key(n.known) AS key, n.reseller
          FROM (SELECT carrier.carrier_name, false
                UNION ALL SELECT carrier.display_name, false
                UNION ALL SELECT o.name, false FROM unnest(carrier.other_names) o (name)
                UNION ALL SELECT a.name, true FROM unnest(carrier.aliases) a (name)) n (known, reseller)
    )
    SELECT min(CASE WHEN k.key = a.key AND a.key <> '' OR k.known = btrim(carrier_name_rank.name) THEN 0
                    -- Many a brand is called so and so Mobile, or is not.
                    WHEN k.key || 'mobile' = a.key OR k.key = a.key || 'mobile' AND a.key <> '' THEN 2 END
               + CASE WHEN k.reseller THEN 1 ELSE 0 END)
      FROM known k, asked a
$$;
COMMENT ON FUNCTION telephony_internal.carrier_name_rank(telephony_api.carriers, text) IS
    'How well a name fits a carrier: 0 its own name, 1 that of a reseller on its network, 2 and 3 the same but for '
    'the word Mobile; NULL: not at all.';

-- tier: owner
-- No number in the clear where texts are kept: events, reasons, the audit log.
-- In plpgsql, which keeps its plans: a function in SQL that cannot be inlined is planned at every call.
CREATE FUNCTION telephony_internal.masked(message text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF masked.message
        ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+-][0-9:]{2,5}))$'
            THEN
        RETURN masked.message;
    END IF;
    RETURN regexp_replace(masked.message,
                          '((?<![0-9A-Za-z])|%2[Bb])[+(]?[0-9](?:[ ().-]*[0-9]){2,10}[ ().-]*([0-9](?:[ '
                          '().-]*[0-9]){3})(?![0-9A-Za-z])', '******\2', 'g');
END
$$;
COMMENT ON FUNCTION telephony_internal.masked(text) IS
    'A text with everything masked that has as many digits as a telephone number, with or without separators; SIDs '
    'have not, and a text that is just a uuid or a time stays.';

CREATE FUNCTION telephony_internal.masked(data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE jsonb_typeof(masked.data)
             WHEN 'string' THEN to_jsonb(telephony_internal.masked(masked.data #>> '{}'))
             WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(e.key, telephony_internal.masked(e.value)), '{}')
                                 FROM jsonb_each(masked.data) e)
             WHEN 'array' THEN (SELECT
                                coalesce(jsonb_agg(telephony_internal.masked(a.value) ORDER BY a.ordinality), '[]')
                                  FROM jsonb_array_elements(masked.data) WITH ORDINALITY a (value, ordinality))
             ELSE masked.data END;
END
$$;
COMMENT ON FUNCTION telephony_internal.masked(jsonb) IS
    'The same value with telephone numbers masked in every text within it.';

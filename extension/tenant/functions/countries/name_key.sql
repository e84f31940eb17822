-- tier: anon
CREATE FUNCTION telephony_internal.name_key(name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    -- Decomposed, a letter is followed by its accents, which go with punctuation and spaces; 305 is the dotless i.
    SELECT lower(regexp_replace(
        CASE getdatabaseencoding() WHEN 'UTF8' THEN replace(normalize(name, NFKD), chr(305), 'i') ELSE name END,
        '[^A-Za-z0-9]', '', 'g') COLLATE "C")
$$;
COMMENT ON FUNCTION telephony_internal.name_key(text) IS
    'What of a name counts when names are compared: its Latin letters in lower case and its digits, without accents, '
    'spaces and punctuation.';

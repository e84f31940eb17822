-- The reference data: countries (the whitelist), and carriers as structure.

-- tier: anon
CREATE TABLE telephony_api.countries (
    country_code               text PRIMARY KEY CHECK (country_code ~ '^[A-Z]{2}$'),
    country_name               text NOT NULL CHECK (btrim(country_name) <> ''),
    calling_code               integer NOT NULL CHECK (calling_code BETWEEN 1 AND 999),
    recommended_twilio_country text NOT NULL CHECK (recommended_twilio_country ~ '^[A-Z]{2}$'),
    provision_countries        text[] NOT NULL
        CHECK (cardinality(provision_countries) > 0 AND array_position(provision_countries, NULL) IS NULL),
    number_types               telephony_api.number_type[] NOT NULL
        CHECK (cardinality(number_types) > 0 AND array_position(number_types, NULL) IS NULL),
    needs_regulatory_profile   boolean NOT NULL DEFAULT false,
    forwarding_cost_estimate   text NOT NULL,
    warning_message            text,
    setup_notes                text,
    is_active                  boolean NOT NULL DEFAULT false,
    created_at                 timestamptz NOT NULL DEFAULT now(),
    updated_at                 timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE telephony_api.countries IS
    'The countries an organization can choose (is_active), where its number is bought, and what forwarding to it '
    'costs.';
COMMENT ON COLUMN telephony_api.countries.country_code IS 'ISO 3166-1 alpha-2, upper case.';
COMMENT ON COLUMN telephony_api.countries.country_name IS 'English name.';
COMMENT ON COLUMN telephony_api.countries.calling_code IS 'ITU-T E.164 calling code.';
COMMENT ON COLUMN telephony_api.countries.recommended_twilio_country IS
    'Where the number comes from when all goes well.';
COMMENT ON COLUMN telephony_api.countries.provision_countries IS 'Countries to search for a number, in this order.';
COMMENT ON COLUMN telephony_api.countries.number_types IS
    'Kinds of number to search in each of them, in this order: Local, Mobile, TollFree, National.';
COMMENT ON COLUMN telephony_api.countries.needs_regulatory_profile IS
    'True: numbers OF this country (bought for whichever country) are sold only with an address or a regulatory '
    'bundle; see set_regulatory_profile().';
COMMENT ON COLUMN telephony_api.countries.forwarding_cost_estimate IS
    'What the carrier charges for a forwarded call, in words; an estimate.';
COMMENT ON COLUMN telephony_api.countries.warning_message IS
    'What a subscriber must know before choosing this country.';
COMMENT ON COLUMN telephony_api.countries.setup_notes IS 'What helps when setting up.';
COMMENT ON COLUMN telephony_api.countries.is_active IS 'Only active countries can be chosen.';
COMMENT ON COLUMN telephony_api.countries.created_at IS 'When the row was made.';
COMMENT ON COLUMN telephony_api.countries.updated_at IS 'When the row was last changed.';

INSERT INTO telephony_api.countries
    (country_code, country_name, calling_code, recommended_twilio_country, provision_countries, number_types,
     needs_regulatory_profile, forwarding_cost_estimate, warning_message, setup_notes, is_active)
VALUES
    ('US', 'United States', 1, 'US', '{US}', '{Local}', false,
     'Usually included in the plan; forwarded minutes count as airtime.', NULL,
     'Verizon uses star codes without a closing #; forwarding to numbers abroad is not allowed there.', true),
    ('GB', 'United Kingdom', 44, 'GB', '{GB}', '{Mobile,Local}', true,
     'Billed like an ordinary call to the number, or taken from inclusive minutes.',
     'British numbers need an approved regulatory bundle and an address at Twilio before they can be bought.',
     'Switch the carrier''s own voicemail off first if a divert will not set.', true),
    ('NG', 'Nigeria', 234, 'US', '{US}', '{Local}', false,
     'International rate: each forwarded call is billed as a call to the United States.',
     'Calls are forwarded from Nigeria to a number in the United States: your carrier bills each forwarded call at '
     'its international rate. Ask your carrier whether international forwarding is enabled on your line.',
     'Dial the codes from the SIM whose calls are to be forwarded.', true),
    ('TR', 'Turkey', 90, 'US', '{US}', '{Local}', false,
     'International rate: each forwarded call is billed as a call to the United States; some carriers add a fee per '
     'forwarded call.',
     'Calls are forwarded from Turkey to a number in the United States: your carrier bills each forwarded call at its '
     'international rate, and some lines can forward only to domestic numbers.',
     'Voicemail and forwarding cannot both be active on some lines.', true),
    ('CA', 'Canada', 1, 'CA', '{CA,US}', '{Local}', false,
     'Forwarded minutes count as airtime; pay per use if not in the plan.', NULL, NULL, false),
    ('IN', 'India', 91, 'US', '{US}', '{Local}', false, 'International rate.',
     'Indian operators were told to stop call forwarding by USSD code from 2024-04-15 until further notice.', NULL,
     false),   -- not offered until that is verified
    ('MX', 'Mexico', 52, 'MX', '{MX,US}', '{Local}', false, 'Unknown.', NULL, NULL, false),
    ('BR', 'Brazil', 55, 'BR', '{BR,US}', '{Local}', false, 'Unknown.', NULL, NULL, false);

ALTER TABLE telephony_api.countries ENABLE ROW LEVEL SECURITY;
CREATE POLICY readable_by_all ON telephony_api.countries FOR SELECT USING (true);
COMMENT ON POLICY readable_by_all ON telephony_api.countries IS 'Reference data: whoever has SELECT sees all rows.';

-- Carriers: structure from which the engine makes the codes; never the codes themselves. No foreign key joins exposed
-- tables, here or below: PostgREST lets a request follow one to and fro as deep as it likes. What a row refers to is
-- looked up by the functions that write it, and self_check() holds the tables against each other.
-- tier: anon
CREATE TABLE telephony_api.carriers (
    country_code         text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
    carrier_name         text NOT NULL CHECK (carrier_name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(carrier_name) <= 40),
    display_name         text NOT NULL CHECK (btrim(display_name) <> ''),
    dialect              telephony_api.dialect NOT NULL,
    safety_net_codes     text[] NOT NULL,
    ring_time_adjustable boolean NOT NULL,
    number_style         telephony_api.number_style NOT NULL,
    service_group        text CHECK (service_group = '11'),
    reset_code           text NOT NULL GENERATED ALWAYS
        AS (CASE dialect WHEN 'mmi' THEN '##002#' ELSE '*73' END) STORED,
    other_names          text[] NOT NULL DEFAULT '{}' CHECK (array_position(other_names, NULL) IS NULL),
    aliases              text[] NOT NULL DEFAULT '{}',
    notes                text,
    source               text NOT NULL CHECK (btrim(source) <> ''),
    verified_on          date CHECK (isfinite(verified_on)),
    is_active            boolean NOT NULL DEFAULT true,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (country_code, carrier_name),
    CONSTRAINT carriers_safety_net_form CHECK (
        CASE dialect WHEN 'mmi' THEN safety_net_codes IN ('{004}', '{61,62,67}') ELSE safety_net_codes = '{71}' END),
    CONSTRAINT carriers_star_codes_have_no_timer CHECK (dialect = 'mmi' OR NOT ring_time_adjustable),
    CONSTRAINT carriers_star_codes_name_no_group CHECK (dialect = 'mmi' OR service_group IS NULL),
    CONSTRAINT carriers_star_codes_take_ten_digits CHECK (dialect = 'mmi' OR number_style = 'ten_digits'),
    CONSTRAINT carriers_aliases_are_slugs
        CHECK (aliases = '{}' OR array_ndims(aliases) = 1 AND NOT carrier_name = ANY (aliases)
        AND array_to_string(aliases, ',', ' ') ~ '^[a-z0-9]+(-[a-z0-9]+)*(,[a-z0-9]+(-[a-z0-9]+)*)*$'),
    CONSTRAINT carriers_national_style_needs_a_trunk_prefix
        CHECK (number_style <> 'national' OR country_code IN ('GB', 'IN', 'MX', 'NG', 'TR')),
    CONSTRAINT carriers_digit_styles_are_north_american
        CHECK (number_style IN ('e164', 'national') OR country_code IN ('US', 'CA'))
);
CREATE INDEX carriers_aliases ON telephony_api.carriers USING gin (aliases);
COMMENT ON TABLE telephony_api.carriers IS
    'Mobile carriers as structure: dialect, safety-net form, timer, number style. The engine derives every code from '
    'it, the off code from the on code.';
COMMENT ON COLUMN telephony_api.carriers.country_code IS 'Country of the carrier.';
COMMENT ON COLUMN telephony_api.carriers.carrier_name IS 'Lower-case slug, such as mtn.';
COMMENT ON COLUMN telephony_api.carriers.display_name IS 'Name for people.';
COMMENT ON COLUMN telephony_api.carriers.dialect IS 'What its codes look like.';
COMMENT ON COLUMN telephony_api.carriers.safety_net_codes IS
    'How missed calls are forwarded: {004} at once, {61,62,67} one by one, {71} for star codes.';
COMMENT ON COLUMN telephony_api.carriers.ring_time_adjustable IS 'Whether the no-reply code takes a ring time.';
COMMENT ON COLUMN telephony_api.carriers.number_style IS
    'How the destination is written in the code.';
COMMENT ON COLUMN telephony_api.carriers.service_group IS
    '11 (telephony) where the network wants the basic service group named in the codes; NULL: it does not.';
COMMENT ON COLUMN telephony_api.carriers.reset_code IS 'Ends every forwarding of the line, whoever set it.';
COMMENT ON COLUMN telephony_api.carriers.other_names IS
    'Further names of the carrier itself: short, former. Spellings of a name need none.';
COMMENT ON COLUMN telephony_api.carriers.aliases IS 'Slugs of resellers on its network.';
COMMENT ON COLUMN telephony_api.carriers.notes IS 'What a subscriber should know; NULL: nothing.';
COMMENT ON COLUMN telephony_api.carriers.source IS
    'Where the structure was learnt, and what of it is not certain: for whoever looks after carriers.';
COMMENT ON COLUMN telephony_api.carriers.verified_on IS
    'When it was last checked against a source of the operator itself; NULL: never.';
COMMENT ON COLUMN telephony_api.carriers.is_active IS 'Only active carriers are offered.';
COMMENT ON COLUMN telephony_api.carriers.created_at IS 'When the row was made.';
COMMENT ON COLUMN telephony_api.carriers.updated_at IS 'When the row was last changed.';

INSERT INTO telephony_api.carriers
    (country_code, carrier_name, display_name, dialect, safety_net_codes, ring_time_adjustable, number_style, aliases,
     notes, source, verified_on)
VALUES
    ('US', 'att',         'AT&T',        'mmi',  '{004}',      true,  'eleven_digits',
     '{cricket,consumer-cellular,h2o,red-pocket}', 'If the phone refuses the code, choose it without a ring time.',
     'us-call-forwarding-codes, reviewed 2026-10-03; whether the network takes a ring time is not confirmed', NULL),
    ('US', 't-mobile',    'T-Mobile',    'mmi',  '{61,62,67}', true,  'eleven_digits',
     '{metro,mint,boost,ultra,us-mobile,tello,simple}',
     'Dial the three codes one by one. Turn Wi-Fi Calling off if the phone cannot process a code.',
     'us-call-forwarding-codes, reviewed 2026-10-03; T-Mobile forwarding analysis, 2026-04: **004* was reported to set '
     'only the no-answer leg while the phone says success', NULL),
    ('US', 'verizon',     'Verizon',     'star', '{71}',       false, 'ten_digits',    '{}',
     'Dial the code like a call. Forwarding to numbers abroad is not allowed. No code tells how the line stands: place '
     'a test call.',
     'verizonwireless.com, archived page, for *72; us-call-forwarding-codes, reviewed 2026-10-03, for *71 and *73',
     NULL),
    ('US', 'google-fi',   'Google Fi',   'mmi',  '{61,62,67}', true,  'eleven_digits', '{}', NULL,
     'us-call-forwarding-codes, reviewed 2026-10-03: the codes of its host network T-Mobile', NULL),
    ('GB', 'ee',          'EE',          'mmi',  '{61,62,67}', true,  'e164', '{1pmobile,bt,lyca}', 'Voicemail is 222.',
     'call2sms.co.uk, undated', NULL),
    ('GB', 'o2',          'O2',          'mmi',  '{61,62,67}', true,  'e164', '{giffgaff,tesco,sky}',
     'Voicemail is 901.', 'call2sms.co.uk, undated', NULL),
    ('GB', 'vodafone',    'Vodafone',    'mmi',  '{61,62,67}', true,  'e164', '{voxi,lebara,talkmobile}',
     'Voicemail is 121.', 'Vodafone leaflet quoted 2011-03, which writes the number with +44; rechargevodafone.co.uk '
     '2026-05-29', NULL),
    ('GB', 'three',       'Three',       'mmi',  '{61,62,67}', true,  'e164', '{smarty,id}',
     'Turn voicemail (333) off first if a divert will not set.', 'call2sms.co.uk, undated', NULL),
    ('NG', 'mtn',         'MTN',         'mmi',  '{61,62,67}', true,  'e164', '{}', NULL,
     '3GPP TS 22.030; no page of the operator was found', NULL),
    ('NG', 'glo',         'Glo',         'mmi',  '{61,62,67}', true,  'e164', '{}',
     'Call barring cannot be set while calls are forwarded.',
     '3GPP TS 22.030; gloworld.com, archived page (barring only)', NULL),
    ('NG', 'airtel',      'Airtel',      'mmi',  '{61,62,67}', true,  'e164', '{}', NULL,
     '3GPP TS 22.030; no page of the operator was found', NULL),
    ('NG', '9mobile',     '9mobile',     'mmi',  '{61,62,67}', true,  'e164', '{}',
     'Your carrier says that forwarding is free.', 'etisalat.com.ng, archived page, which shows no ring time',
     '2026-11-22'),
    ('TR', 'turkcell',    'Turkcell',    'mmi',  '{61,62,67}', true,  'national', '{}',
     'Your carrier may charge a fee for each forwarded call.', 'teloji.com, undated, the fee too', NULL),
    ('TR', 'vodafone',    'Vodafone',    'mmi',  '{61,62,67}', true,  'national', '{}', NULL,
     '3GPP TS 22.030; no page of the operator was found', NULL),
    ('TR', 'turk-telekom','Türk Telekom','mmi',  '{61,62,67}', true,  'national', '{}', NULL,
     '3GPP TS 22.030; no page of the operator was found', NULL);

-- Known, and not offered: a brand that is gone, one whose codes have no form here, and countries whose codes are not
-- verified.
INSERT INTO telephony_api.carriers
    (country_code, carrier_name, display_name, dialect, safety_net_codes, ring_time_adjustable, number_style, aliases,
     notes, source, verified_on, is_active)
VALUES
    ('US', 'sprint',      'Sprint (retired)', 'star', '{71}',  false, 'ten_digits', '{}',
     'The network is switched off; its lines are T-Mobile''s.', 'AOSP CDMA table: it ended *72 with *720, not *73',
     NULL, false),
    ('US', 'us-cellular', 'US Cellular', 'star', '{71}',       false, 'ten_digits', '{}', NULL,
     'a public report, undated: *71 for no answer only, with *90/*91 for busy and *92/*93 for unreachable, which is not '
     'the net that {71} stands for', NULL, false),
    ('CA', 'telus',       'Telus',       'mmi',  '{61,62,67}', true,  'ten_digits', '{}',
     'Forwards to North American numbers only.',
     'telusmobility.com and telus.com, archived pages: 10, 20 and 30 seconds', '2026-11-22', false),
    ('CA', 'rogers',      'Rogers',      'mmi',  '{61,62,67}', true,  'ten_digits', '{}', NULL,
     'ringing.io quoting Rogers: without the country code 1', NULL, false),
    ('CA', 'bell',        'Bell',        'mmi',  '{61,62,67}', true,  'ten_digits', '{}', NULL,
     '3GPP TS 22.030; nothing of the operator was found', NULL, false),
    ('IN', 'airtel',      'Airtel',      'mmi',  '{61,62,67}', true,  'e164', '{}',
     'Indian operators were told to stop call forwarding by USSD code from 2024-04-15 until further notice.',
     'notice of 2024-03-28 (press); jkexpert.com; whether these codes are covered is not verified', NULL, false),
    ('IN', 'vi',          'Vi',          'mmi',  '{61,62,67}', true,  'e164', '{}',
     'Indian operators were told to stop call forwarding by USSD code from 2024-04-15 until further notice.',
     'notice of 2024-03-28 (press); whether these codes are covered is not verified', NULL, false),
    ('MX', 'telcel',      'Telcel',      'mmi',  '{61,62,67}', true,  'e164', '{}', NULL,
     '3GPP TS 22.030; nothing of the operator was found', NULL, false),
    ('BR', 'vivo',        'Vivo',        'mmi',  '{61,62,67}', true,  'e164', '{}', NULL,
     '3GPP TS 22.030; nothing of the operator was found; national long-distance dialling needs a carrier code: always '
     'the + form', NULL, false);

UPDATE telephony_api.carriers c SET other_names = n.names
  FROM (VALUES ('US', 'google-fi', '{Fi}'::text[]), ('NG', '9mobile', '{T2,Etisalat}'), ('IN', 'vi', '{Vodafone Idea}'))
       n (country_code, carrier_name, names)
 WHERE (c.country_code, c.carrier_name) = (n.country_code, n.carrier_name);

ALTER TABLE telephony_api.carriers ENABLE ROW LEVEL SECURITY;
CREATE POLICY readable_by_all ON telephony_api.carriers FOR SELECT USING (true);
COMMENT ON POLICY readable_by_all ON telephony_api.carriers IS 'Reference data: whoever has SELECT sees all rows.';

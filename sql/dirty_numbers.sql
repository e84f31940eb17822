-- Numbers as people, phones and spreadsheets write them: what is read, and what is said of what is not read or not kept.
SET search_path = public, telephony;

-- One truth: parsing and formatting know what validity knows, ranges opened and trunk prefixes changed of late included.
SELECT n, format_number(n, 'national') AS national, format_number(n) AS international
  FROM unnest('{+37061234567,+2342012270000,+998912345678,+2290195123456,+904441444,+31880123456,+541123456789,+5491123456789,+5511961234567}'::e164[]) n;
SELECT parse('2342012270000', 'NG') AS msisdn_of_a_new_range, parse('0201 227 0000', 'NG') AS national;

-- A region matters to national forms only; what is no region is an error only then.
SELECT region, try_parse('+64286300988', region), try_parse('0286300988', region), parse_problem('0286300988', region)
  FROM unnest('{PN,AQ,GS,TF,UM,ZZ,001,""," ","NZ ",nz,GBR,+64}'::text[]) region;
SELECT parse('0286300988', '');

-- Nothing behind a number is lost without a word.
SELECT t, try_parse(t, 'GB'), number_extension(t, 'GB'), parse_problem(t, 'GB')
  FROM unnest(ARRAY['07400 123456', '07400 123456;ext=7', '07400 123456 x7', '07400 123456 ext. 007', '07400 123456 доб. 12', '07400 123456 anexo 12',
                    '07400 123456#12', '07400 123456 - 12#', '07400 123456,12', '07400 123456,,123456789#', '+44 7400 123456 ｘ１２', 'tel:+447400123456;ext=12',
                    '07400123456;07400123457', '07400123456,07400123457', '07400123456, 07400 123457', E'07400123456\n07400123457', '07400123456 / 07400123457',
                    '07400123456 or 07400123457', '07400 123456;1234567', 'ext. 12', '12']) t;

-- What spreadsheets make of numbers.
SELECT t, try_parse(t, 'US'), parse_problem(t, 'US')
  FROM unnest(ARRAY['2025550123.0', '12025550123.00', '+12025550123.0', '1234567891.0', '202.555.0123', '202.555.0100', '4.474e11', '1.2025550123E+10', '1,20256E+10',
                    '(202) 555-0123.0', '202 555 0123.00', '2025550123.0;ext=5', '202555.0000', '555.000', '12025550123e0', '12025550123E+1',
                    '''2025550123', '="2025550123"']) t;

-- Letters are digits only where they make a number of the plan, and the number without them is none.
SELECT t, region, try_parse(t, region), parse_problem(t, region)
  FROM (VALUES ('030 1234567 Fax', 'DE'), ('030 1234567 (Fax)', 'DE'), ('070 123 45 67 (Axel)', 'SE'), ('070 123 45 67 (Åsa)', 'SE'), ('8 (912) 345-67-89 моб.', 'RU'),
               ('030 1234567 ab', 'DE'), ('030 1234567 ext. 5 Fax', 'DE'), ('030 1234567 Fax ext. 5', 'DE'), ('Tel. 030 1234567', 'DE'), ('1-800-FLOWERS', 'US'),
               ('1 800 GO FEDEX', 'US'), ('0800 REPAIR', 'NZ'), ('07400 123456 mobile phone of Axel Andersson', 'GB'), ('07400 Axel 123456', 'GB'),
               ('12 main street apartments', 'US'), ('070 123 45 67 axel@example.com', 'SE'), ('555abcdefg', 'US')) v (t, region);

-- What looks like a number and is none, or is two.
SELECT t, region, try_parse(t, region), parse_problem(t, region)
  FROM (VALUES ('030 1234o567', 'DE'), ('+49 3O 1234567', 'DE'), ('01 / 123 DW 45', 'AT'), ('030 1234567a', 'DE'), ('030 12 FAX', 'DE'), ('0221 12 Tel', 'DE'),
               ('1-800-4-MOBILE', 'US'), ('0xx11 3456-7890', 'BR'), ('1234567891.5', 'US'), ('2024-05-17', 'US'), ('17.05.2024', 'DE'), ('5/17/2024', 'US'),
               ('*67 202 555 0123', 'US'), ('#31#030 1234567', 'DE'), ('**21*+49301234567#', 'DE'), ('030 1234567/68', 'DE'), ('0221 45678/45679', 'DE'),
               ('0049 6221/540', 'DE'), ('030 1234567 030 1234568', 'DE'), ('030 1234567 / 030 1234568', 'DE'), ('030 1234567 or 030 1234568', 'DE'),
               ('212.123.45.67', 'TR')) v (t, region);

-- White space and what does not show. A line break parts two things.
SELECT name, try_parse(t, 'FR'), parse_problem(t, 'FR')
  FROM (VALUES ('narrow spaces', U&'01\202F42\202F68\202F53\202F00'), ('direction marks', U&'\202A01\200E 42 68 53 00\202C'), ('tab', E'01\t42 68 53 00'),
               ('byte order mark', U&'\FEFF+33 1 42 68 53 00'), ('zero width joiner', U&'01\200D42685300'), ('variation selector', U&'01\FE0F42685300'),
               ('ideographic space', U&'01\300042685300'), ('line break', E'01\n42685300'), ('line separator', U&'01\202842685300')) v (name, t);
SELECT U&'\FEFF+33142685300'::e164;
SELECT U&'+331\202C42685300'::e164;
SELECT U&'\00A0+33142685300'::e164;
SELECT E'+33142685300\t'::e164;

-- E.164 has room for 15 digits.
SELECT parse('+4930123456789012');
SELECT try_parse('+493012345678901'), try_parse('030 123456789012', 'DE'), parse_problem('030 123456789012', 'DE');

-- What Mexico gave up and people write.
SELECT t, try_parse(t, 'MX') FROM unnest('{55 1234 5678,044 55 1234 5678,045 55 1234 5678,1 55 1234 5678,+52 1 55 1234 5678,+5215512345678,+52 55 1234 5678,01 55 1234 5678}'::text[]) t;

-- Right already, to stay right: other scripts, prefixes in brackets, codes old and new.
SELECT t, region, try_parse(t, region)
  FROM (VALUES ('+++46 70 123 45 67', NULL), ('٠٥٣٢ ١٢٣ ٤٥ ٦٧', 'TR'), ('۰۹۱۲۳۴۵۶۷۸۹', 'IR'), ('०९८१२३४५६७८', 'IN'), ('๐๘๑ ๒๓๔ ๕๖๗๘', 'TH'), ('+44 20 7946 001²', NULL),
               ('0046701234567', 'DE'), ('01146701234567', 'US'), ('+44 (0)20 7946 0018', NULL), ('20 7946 0018', 'GB'), ('+22995123456', NULL), ('+2290195123456', NULL)) v (t, region);

-- Whatever the bytes.
SELECT try_parse(repeat('1', 10000000), 'US'), parse_problem(repeat('1', 10000000), 'US'), number_extension(repeat('x', 10000000)), try_parse('1', repeat('G', 10000000));
SELECT parse(repeat('1', 251), 'US');
SELECT count(*) AS digits_of_other_scripts FROM generate_series(1, 65535) c, LATERAL try_parse('020 7946' || chr(c) || '0018', 'GB') n WHERE c NOT BETWEEN 55296 AND 57343 AND n IS NOT NULL AND n <> '+442079460018';

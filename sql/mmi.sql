-- Call-forwarding MMI codes: the 72 published vectors with verdict and reason, parsing, links, errors.
\pset format unaligned
\pset tuples_only on
SET search_path = telephony, public;

-- n stands for 5551234567. Where a row holds several codes, it appears several times.
CREATE TEMP TABLE vectors (row_number int, code text, strict text);
INSERT INTO vectors VALUES
    (1, '**21*+15551234567#', 'ok'), (2, '*21*+15551234567#', 'ok'), (3, '*21*n#', 'ok'), (4, '**21*n*11#', 'ok'), (5, '*21#', 'ok'),
    (6, '#21#', 'ok'), (7, '##21#', 'ok'), (8, '*#21#', 'ok'), (9, '**21#', 'reject'), (10, '**67*n#', 'ok'), (11, '##67#', 'ok'),
    (11, '*#67#', 'ok'), (11, '#67#', 'ok'), (12, '**61*n#', 'ok'), (13, '**61*n**20#', 'ok'), (14, '**61*n*11*20#', 'ok'),
    (15, '**61*n*20#', 'reject'), (16, '**61*n*30#', 'reject'), (17, '**61*n*25#', 'reject'), (18, '**61*n**5#', 'ok'),
    (18, '**61*n**30#', 'ok'), (19, '**61*n**17#', 'reject'), (20, '**61*n**4#', 'reject'), (21, '**61*n**0#', 'reject'),
    (22, '**61*n**35#', 'reject'), (23, '**61*n**60#', 'reject'), (24, '**61*n**abc#', 'reject'), (25, '**61***15#', 'reject'),
    (26, '**61**11*15#', 'reject'), (27, '**61*n*11*20*9#', 'reject'), (28, '**61*n*11*20*#', 'reject'), (29, '##61#', 'ok'),
    (29, '##61**11#', 'ok'), (30, '*#61**11#', 'ok'), (31, '**62*n#', 'ok'), (31, '##62#', 'ok'), (31, '*#62#', 'ok'),
    (32, '**62*n**20#', 'reject'), (33, '**67*n**20#', 'reject'), (33, '**21*n**20#', 'reject'), (34, '**002*n#', 'ok'),
    (34, '**002*n*11*20#', 'ok'), (35, '##002#', 'ok'), (36, '**004*n#', 'ok'), (37, '*004*+15551234567*11*20#', 'ok'),
    (38, '##004#', 'ok'), (38, '*#004#', 'ok'), (39, '**004*n**20#', 'ok'), (40, '##21*n#', 'reject'), (40, '#21*n#', 'reject'),
    (40, '*#21*n#', 'reject'), (41, '**21*n*99#', 'reject'), (42, '**21*n*17#', 'reject'), (42, '**21*n*18#', 'reject'),
    (42, '**21*n*45#', 'reject'), (43, '**21*n*16#', 'reject'), (44, '*21*+48666555444*19*40#', 'reject'),
    (45, '*21*+55555*10*20#', 'reject'), (46, '*21**20#', 'ok'), (47, '*21**10*20#', 'reject'), (47, '*21***20#', 'reject'),
    (48, '#21*12345*99*10#', 'reject'), (49, '**21*n', 'reject'), (50, '##6', 'reject'), (50, '##21', 'reject'), (51, '**21*n##', 'reject'),
    (52, '**21*n#9', 'reject'), (53, '*21#n', 'reject'), (54, '**21*#', 'reject'), (55, '**21*+#', 'reject'),
    (56, '**21*(555)123-4567#', 'reject'), (57, '**21*555123456789012345678#', 'reject'), (58, '**21*5551*1234567#', 'reject'),
    (59, '***21*n#', 'reject'), (59, '#*21#', 'reject'), (60, '**2*n#', 'reject'), (60, '**0021*n#', 'reject'), (61, '**021*n#', 'reject'),
    (61, '**22*n#', 'reject'), (62, '33', 'reject'), (62, '*', 'reject'), (62, '**', 'reject'), (62, '#', 'reject'), (62, '##', 'reject'),
    (62, '*#', 'reject'), (62, '****#', 'reject'), (63, '*04*98*0000*00000*00000#', 'reject'), (64, '*123#', 'reject'),
    (64, '*123*1**1#', 'reject'), (65, '*#06#', 'reject'), (66, '*00*12*34*56#', 'reject'), (67, '*31#+55555', 'reject'),
    (67, '#31#+55555', 'reject'), (68, '*67911', 'reject'), (69, '*72n', 'reject'), (69, '*73', 'reject'), (69, '*71n', 'reject'),
    (69, '*720', 'reject'), (70, '**04*1234*4567*4567#', 'reject'), (71, '*401*9876543210', 'reject'), (71, '*402', 'reject'), (72, '', 'reject');

SELECT count(DISTINCT row_number) || ' rows, ' || count(*) || ' codes, ' ||
       count(*) FILTER (WHERE is_mmi(replace(code, 'n', '5551234567')) <> (strict = 'ok')) || ' with another verdict' FROM vectors;

-- Accepted, and what they mean.
SELECT row_number, code, p.procedure, p.service_code, p.conditions, p.number, p.basic_service, p.no_reply_seconds
  FROM vectors, mmi_parse(replace(code, 'n', '5551234567')) p WHERE strict = 'ok' ORDER BY row_number, code COLLATE "C";

-- Refused, and why.
SELECT row_number, code, mmi_problem(replace(code, 'n', '5551234567')) FROM vectors WHERE strict = 'reject' ORDER BY row_number, code COLLATE "C";

-- No reason shows a phone number, no code that is accepted has one.
SELECT count(*) FILTER (WHERE mmi_problem(replace(code, 'n', '5551234567')) ~ '[0-9]{5}') || ' show a number, ' ||
       count(*) FILTER (WHERE strict = 'ok' AND mmi_problem(replace(code, 'n', '5551234567')) IS NOT NULL) || ' are fine and have a reason' FROM vectors;

-- The two spellings of a registration are one.
SELECT mmi_parse('*61*+15551234567**20#') = mmi_parse('**61*+15551234567**20#');

-- NULL in, NULL out.
SELECT mmi_parse(NULL) IS NULL, is_mmi(NULL) IS NULL, mmi_problem(NULL) IS NULL, mmi_uri(NULL) IS NULL;

-- Errors: SQLSTATE 22P02, the reason in DETAIL.
\set VERBOSITY sqlstate
\set SHOW_CONTEXT never
SELECT mmi_parse('**61*5551234567*20#');
\set VERBOSITY default
SELECT mmi_parse('**61*5551234567*20#');
SELECT mmi_parse('**62#');
SELECT mmi_parse('**67*+447911123456**15#');
SELECT mmi_uri('*72+12025550123');
SELECT mmi_uri('**21*+447911123456');
SELECT mmi_uri('*722025550123;phone-context=example.com');

-- Links.
SELECT mmi_uri(code) FROM (VALUES ('**61*+15551234567**20#'), ('##21#'), ('*#004#'), ('*722025550123'), ('*73')) v (code);

-- Every object has a comment; nothing is volatile or unsafe in parallel.
SELECT p.proname, p.provolatile, p.proparallel, p.proisstrict, p.proleakproof, obj_description(p.oid, 'pg_proc') IS NOT NULL
  FROM pg_proc p WHERE p.pronamespace = 'telephony'::regnamespace AND (p.proname ~ 'mmi' OR p.proname = 'dial_codes') ORDER BY 1;

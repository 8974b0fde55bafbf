-- Twenty rules of the pack for 2026-11-09 as somebody who knows DuckDB would write them by hand: one pass over the people,
-- kin gathered once, every age as the first or last birthday that it means. The same rows as
--   madoguchi entitled <the twenty> --register DIR --on 2026-11-09
-- (`python -m benchmarks.bulk` compares them). {register} and {out} are filled in.

CREATE MACRO since(e, l, d) AS CASE WHEN e >= d THEN TRUE WHEN l < d THEN FALSE END;
CREATE MACRO outcome(must, may) AS
  CASE WHEN must THEN 1::UTINYINT WHEN must IS NULL OR may IS NULL THEN 2::UTINYINT WHEN may THEN 3::UTINYINT ELSE 0::UTINYINT END;
CREATE MACRO right_of(may) AS CASE WHEN may THEN 3::UTINYINT WHEN may IS NULL THEN 2::UTINYINT ELSE 0::UTINYINT END;

CREATE TEMP TABLE people AS
SELECT id, household_id, sex, relationship, nationality_class, health_insurance, pension, employment, has_card, care_level,
  is_pregnant, child_allowance_recipient,
  coalesce(birth_date, birth_earliest) AS e, coalesce(birth_date, birth_latest) AS l,
  since(e, l, DATE '2008-04-02') AS until_18, since(e, l, DATE '2006-11-11') AS below_20,
  CASE WHEN until_18 OR (below_20 AND (physical_disability_grade IN ('1', '2', '3')
    OR intellectual_disability_grade IN ('A', 'B', '1', '2', '3') OR mental_disability_grade IN ('1', '2'))) THEN TRUE
    WHEN NOT until_18 AND NOT (below_20 AND (physical_disability_grade IN ('1', '2', '3')
    OR intellectual_disability_grade IN ('A', 'B', '1', '2', '3') OR mental_disability_grade IN ('1', '2'))) THEN FALSE END AS raised_alone
FROM read_parquet('{register}/people.parquet');

CREATE TEMP TABLE relations AS SELECT kind, "of" AS child, "is" AS parent FROM read_parquet('{register}/relations.parquet');
CREATE TEMP TABLE spouses AS
SELECT child AS id, parent AS other FROM relations WHERE kind = 'spouse'
UNION SELECT parent, child FROM relations WHERE kind = 'spouse';
-- Only those who are, or may be, below 22 at the end of the year matter as anybody's children.
CREATE TEMP TABLE young AS SELECT id, household_id, e, l, until_18, below_20, raised_alone FROM people WHERE l >= DATE '2004-04-02';
CREATE TEMP TABLE children AS
SELECT DISTINCT r.parent AS id, y.id AS child, y.household_id, y.e, y.l, y.until_18, y.raised_alone
FROM young y JOIN relations r ON r.child = y.id WHERE r.kind = 'parent';
CREATE TEMP TABLE lone AS
SELECT child FROM (SELECT DISTINCT child, parent FROM relations WHERE kind = 'parent' AND child IN (SELECT id FROM young))
GROUP BY child HAVING count(*) = 1;
CREATE TEMP TABLE own AS
SELECT id, coalesce(bool_or(since(e, l, DATE '2025-11-11')), FALSE) AS baby, bool_or(since(e, l, DATE '2025-11-11') IS NULL) AS baby_open,
  coalesce(bool_or(raised_alone AND child IN (SELECT child FROM lone)), FALSE) AS alone,
  bool_or(raised_alone IS NULL AND child IN (SELECT child FROM lone)) AS alone_open
FROM children GROUP BY id;
CREATE TEMP TABLE married AS
SELECT s.id, coalesce(bool_or(p.l <= DATE '1961-11-10'), FALSE) AS at_65,
  bool_or(p.l > DATE '1961-11-10' AND p.e <= DATE '1961-11-10') AS at_65_open,
  coalesce(bool_or(p.pension IN ('1', 'none', 'voluntary', 'receiving') OR (p.pension = '2' AND p.health_insurance IN ('none', 'nhi')
    AND p.employment IN ('unemployed', 'self_employed', 'student', 'none'))), FALSE) AS went,
  bool_or((p.pension IN ('1', 'none', 'voluntary', 'receiving') OR (p.pension = '2' AND p.health_insurance IN ('none', 'nhi')
    AND p.employment IN ('unemployed', 'self_employed', 'student', 'none'))) IS NULL) AS went_open,
  min(CASE WHEN p.e = p.l AND p.e > DATE '1960-11-10' AND p.e <= DATE '1961-11-10' THEN p.e END) AS turned_65,
  bool_or(p.e <> p.l AND p.e <= DATE '1961-11-10' AND p.l > DATE '1960-11-10') AS turned_open
FROM spouses s JOIN people p ON p.id = s.other GROUP BY s.id;
CREATE TEMP TABLE unregistered AS
SELECT household_id, coalesce(bool_or(relationship IN ('夫（未届）', '妻（未届）', '夫(未届)', '妻(未届)')), FALSE) AS there
FROM people WHERE relationship IS NULL OR relationship IN ('夫（未届）', '妻（未届）', '夫(未届)', '妻(未届)') GROUP BY household_id;

-- Whoever may claim in a household with children: the adults; for each what the children say.
CREATE TEMP TABLE raised AS
SELECT id, child, e, l, until_18 FROM children
UNION SELECT s.id, c.child, c.e, c.l, c.until_18 FROM spouses s JOIN children c ON c.id = s.other WHERE s.id <> c.child;
CREATE TEMP TABLE claims AS
SELECT id, coalesce(bool_or(until_18), FALSE) AS having_some, bool_or(until_18 IS NULL) AS open_some,
  count_if(e >= DATE '2008-04-02') AS paid_least, count_if(l >= DATE '2008-04-02') AS paid_most,
  count_if(e >= DATE '2004-04-02' AND l < DATE '2008-04-02') AS older_least,
  count_if(l >= DATE '2004-04-02' AND e < DATE '2008-04-02') AS older_most,
  count_if(e >= DATE '2023-12-01') AS small_least, count_if(l >= DATE '2023-12-01') AS small_most
FROM raised GROUP BY id;
CREATE TEMP TABLE claimants AS
WITH with_young AS (SELECT DISTINCT household_id FROM people JOIN claims USING (id)),
adults AS (
  SELECT p.household_id, p.id, p.l <= DATE '2008-11-10' AS sure, p.e <= DATE '2008-11-10' AS may,
    right_of(p.employment <> 'public_servant' AND (CASE WHEN c.having_some THEN TRUE WHEN c.open_some THEN NULL ELSE FALSE END)
      AND NOT p.child_allowance_recipient) AS status, c.*  EXCLUDE (id, having_some, open_some)
  FROM people p JOIN with_young USING (household_id) LEFT JOIN claims c ON c.id = p.id),
known AS (SELECT household_id, bool_or(sure) AS somebody FROM adults GROUP BY household_id)
SELECT household_id, min(status) AS least, max(status) AS most, count(*) AS number,
  max(paid_least) AS paid_least, max(paid_most) AS paid_most, max(older_least) AS older_least, max(older_most) AS older_most,
  max(small_least) AS small_least, max(small_most) AS small_most
FROM adults JOIN known USING (household_id) WHERE NOT somebody OR may GROUP BY household_id;
CREATE TEMP TABLE allowance AS
SELECT household_id, CASE WHEN least = most THEN least ELSE 2 END AS status, number,
  greatest(0, paid_least - greatest(0, 2 - older_least)) AS third_least, greatest(0, paid_most - greatest(0, 2 - older_most)) AS third_most,
  greatest(0, small_least - third_most) AS second_least, greatest(0, small_most - third_least) AS second_most,
  30000 * third_least + 15000 * second_least + 10000 * (paid_least - third_most - second_most) AS yen_least,
  30000 * third_most + 15000 * second_most + 10000 * (paid_most - third_least - second_least) AS yen_most
FROM claimants;

CREATE TEMP TABLE holidays AS SELECT unnest([DATE '2025-11-03', '2025-11-23', '2025-11-24', '2026-01-01', '2026-01-12', '2026-02-11',
  '2026-02-23', '2026-03-20', '2026-04-29', '2026-05-03', '2026-05-04', '2026-05-05', '2026-05-06', '2026-07-20', '2026-08-11',
  '2026-09-21', '2026-09-22', '2026-09-23', '2026-10-12', '2026-11-03', '2026-11-23']::DATE[]) AS day;
CREATE TEMP TABLE calendar AS
WITH days AS (SELECT CAST(unnest(generate_series(DATE '2025-11-01', DATE '2027-01-31', INTERVAL 1 DAY)) AS DATE) AS day),
open AS (SELECT day FROM days WHERE isodow(day) < 6 AND day NOT IN (SELECT day FROM holidays)
  AND strftime(day, '%m%d') NOT IN ('1229', '1230', '1231', '0101', '0102', '0103'))
SELECT d.day, min(o.day) AS opened FROM days d JOIN open o ON o.day >= d.day GROUP BY d.day;

CREATE TEMP TABLE marks AS
WITH joined AS (
  SELECT p.*, m.id IS NOT NULL AS has_spouse, m.turned_65, m.turned_open,
    CASE WHEN m.at_65 THEN TRUE WHEN m.at_65_open THEN NULL ELSE FALSE END AS spouse_at_65,
    CASE WHEN m.went THEN TRUE WHEN m.went_open THEN NULL ELSE FALSE END AS spouse_went,
    CASE WHEN o.baby THEN TRUE WHEN o.baby_open THEN NULL ELSE FALSE END AS has_baby,
    CASE WHEN o.alone THEN TRUE WHEN o.alone_open THEN NULL ELSE FALSE END AS has_alone,
    CASE WHEN u.household_id IS NULL THEN FALSE WHEN u.there THEN TRUE END AS unregistered,
    NOT since(e, l, DATE '2006-11-11') AS from_20, since(e, l, DATE '1966-11-11') AS below_60,
    NOT since(e, l, DATE '2014-11-11') AS from_12, NOT since(e, l, DATE '2011-11-11') AS from_15,
    since(e, l, DATE '2020-04-02') AS before_school
  FROM people p LEFT JOIN married m USING (id) LEFT JOIN own o USING (id) LEFT JOIN unregistered u USING (household_id))
SELECT id, household_id, turned_65, turned_open,
  right_of(until_18 AND health_insurance <> 'welfare') AS child_medical,
  right_of(before_school) AS nursery,
  right_of(NOT before_school AND since(e, l, DATE '2011-04-02')) AS school_aid,
  right_of(NOT before_school AND since(e, l, DATE '2014-04-02')) AS after_school_club,
  right_of(from_12 AND below_60 AND sex = 'female' AND is_pregnant) AS pregnancy_grant,
  right_of(since(e, l, DATE '1951-11-09') AND NOT since(e, l, DATE '1952-02-10') AND health_insurance <> 'late_elderly') AS late_elderly,
  right_of(NOT since(e, l, DATE '1961-11-11') AND since(e, l, DATE '1961-11-02') AND care_level <> 'insured_elsewhere') AS care_insurance,
  right_of(from_20 AND below_60 AND pension IN ('1', 'none') AND employment = 'student') AS pension_student,
  right_of(from_20 AND below_60 AND has_baby AND pension IN ('1', 'none')) AS pension_childcare,
  right_of(NOT below_60 AND since(e, l, DATE '1961-11-11') AND pension = 'none') AS pension_voluntary,
  outcome(pension = '3' AND from_20 AND below_60 AND (spouse_at_65 OR spouse_went), FALSE) AS pension_3_to_1,
  right_of(NOT has_card) AS card_apply,
  right_of(nationality_class <> 'jp') AS alias_registration,
  right_of(nationality_class = 'jp') AS former_surname,
  right_of(from_15) AS seal_registration,
  right_of(health_insurance <> 'welfare' AND has_alone AND NOT has_spouse AND NOT unregistered) AS single_parent_medical
FROM joined;

COPY (
  WITH told AS (SELECT ['', 'must', 'ask', 'optional'] AS word)
  SELECT procedure, subject, household_id, word[status + 1] AS status, deadline, amount_yen FROM told, (
  SELECT 'child-allowance-claim' AS procedure, 'household' AS subject, household_id, status, CAST(NULL AS DATE) AS deadline,
    CAST(CASE WHEN number = 1 AND yen_least = yen_most THEN yen_least END AS BIGINT) AS amount_yen FROM allowance WHERE status > 0
  UNION ALL SELECT 'child-medical', id, household_id, child_medical, NULL, NULL FROM marks WHERE child_medical > 0
  UNION ALL SELECT 'nursery', id, household_id, nursery, NULL, NULL FROM marks WHERE nursery > 0
  UNION ALL SELECT 'nursery-fee-free', id, household_id, nursery, NULL, NULL FROM marks WHERE nursery > 0
  UNION ALL SELECT 'school-aid', id, household_id, school_aid, NULL, NULL FROM marks WHERE school_aid > 0
  UNION ALL SELECT 'after-school-club', id, household_id, after_school_club, NULL, NULL FROM marks WHERE after_school_club > 0
  UNION ALL SELECT 'pregnancy-grant', id, household_id, pregnancy_grant, NULL, NULL FROM marks WHERE pregnancy_grant > 0
  UNION ALL SELECT 'late-elderly-at-75', id, household_id, late_elderly, NULL, NULL FROM marks WHERE late_elderly > 0
  UNION ALL SELECT 'care-insurance-enrol', id, household_id, care_insurance, NULL, NULL FROM marks WHERE care_insurance > 0
  UNION ALL SELECT 'pension-student', id, household_id, pension_student, NULL, NULL FROM marks WHERE pension_student > 0
  UNION ALL SELECT 'pension-childcare', id, household_id, pension_childcare, NULL, NULL FROM marks WHERE pension_childcare > 0
  UNION ALL SELECT 'pension-voluntary', id, household_id, pension_voluntary, NULL, NULL FROM marks WHERE pension_voluntary > 0
  UNION ALL SELECT 'pension-3-to-1', m.id, household_id, pension_3_to_1, CASE WHEN NOT coalesce(turned_open, FALSE) THEN c.opened END, NULL
    FROM marks m LEFT JOIN calendar c ON c.day = CAST(turned_65 + INTERVAL 65 YEAR + INTERVAL 13 DAY AS DATE) WHERE pension_3_to_1 > 0
  UNION ALL SELECT 'card-apply', id, household_id, card_apply, NULL, NULL FROM marks WHERE card_apply > 0
  UNION ALL SELECT 'alias-registration', id, household_id, alias_registration, NULL, NULL FROM marks WHERE alias_registration > 0
  UNION ALL SELECT 'former-surname', id, household_id, former_surname, NULL, NULL FROM marks WHERE former_surname > 0
  UNION ALL SELECT 'seal-registration', id, household_id, seal_registration, NULL, NULL FROM marks WHERE seal_registration > 0
  UNION ALL SELECT 'single-parent-medical', id, household_id, single_parent_medical, NULL, NULL FROM marks WHERE single_parent_medical > 0
  UNION ALL SELECT 'protection-request', 'household', household_id, 3, NULL, NULL FROM (SELECT DISTINCT household_id FROM people)
  UNION ALL SELECT 'refusal-request', 'household', household_id, 3, NULL, NULL FROM (SELECT DISTINCT household_id FROM people))
) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);

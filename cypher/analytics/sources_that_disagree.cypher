// Sources that disagree: where two sources differ about the same subject and allergen.
/*
The stricter of the two decides, so nobody is in danger; but one of them is wrong, or they are about
different products. Each pair comes once, the statement that counts first.

mode:    read
returns: subject STRING, allergen STRING, decides STRING, decidingSource STRING, decidingAt STRING,
         against STRING, otherSource STRING, otherAt STRING
:param rows => 100
*/
MATCH (subject)-[one:HAS_ALLERGEN|MAY_CONTAIN]->(allergen:Allergen)
MATCH (subject)-[other:MAY_CONTAIN|FREE_FROM]->(allergen)
WHERE type(one) <> type(other)
RETURN subject.id AS subject, allergen.id AS allergen,
       type(one) AS decides, one.source AS decidingSource, one.observedAt AS decidingAt,
       type(other) AS against, other.source AS otherSource, other.observedAt AS otherAt
ORDER BY subject, allergen, decides, decidingSource, against, otherSource
LIMIT $rows

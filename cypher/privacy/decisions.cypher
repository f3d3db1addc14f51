// Decisions of a person: each act of consent as it was recorded, newest first.
/*
mode:    read
returns: id STRING, receiptId STRING, purpose STRING, given BOOLEAN, ground STRING, at STRING,
         textVersion STRING, textHash STRING, language STRING, surface STRING, by STRING,
         guardian STRING
:param userId => 'child-1'
*/
MATCH (user:User {id: $userId})-[decision:DECIDED]->(purpose:Purpose)
RETURN decision.id AS id, decision.receiptId AS receiptId, purpose.id AS purpose,
       decision.given AS given, decision.ground AS ground, decision.decidedAt AS at,
       decision.textVersion AS textVersion, decision.textHash AS textHash,
       decision.language AS language, decision.surface AS surface, decision.by AS by,
       decision.guardian AS guardian
ORDER BY at DESC, purpose, id

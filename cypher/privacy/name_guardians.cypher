// Name guardians: who may agree for a child from now on, and nobody else.
/*
mode:    write
returns: guardianId STRING
:param userId => 'user-1'
:param guardianIds => ['guest-1']
*/
MATCH (child:User {id: $userId})
OPTIONAL MATCH (:User)-[former:GUARDIAN_OF]->(child)
DELETE former
WITH DISTINCT child
UNWIND $guardianIds AS guardianId
MERGE (guardian:User {id: guardianId})
  ON CREATE SET guardian.version = 0, guardian.simulated = false
CREATE (guardian)-[:GUARDIAN_OF]->(child)
RETURN guardian.id AS guardianId
ORDER BY guardianId

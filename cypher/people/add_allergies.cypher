// Add allergies: one relationship for each declared allergen.
/*
mode:    write
returns: allergenId STRING
:param userId => 'user-1'
:param rows => [{allergen: 'milk', severity: 'SEVERE', acceptsTraces: false}]
*/
UNWIND $rows AS row
MATCH (user:User {id: $userId})
MATCH (allergen:Allergen {id: row.allergen})
MERGE (user)-[allergy:ALLERGIC_TO]->(allergen)
SET allergy.severity = row.severity, allergy.acceptsTraces = row.acceptsTraces
RETURN allergen.id AS allergenId
ORDER BY allergenId

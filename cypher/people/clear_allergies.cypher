// Clear allergies: forget what a person declared, before they declare again.
/*
mode:    write
returns: cleared INTEGER
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})-[allergy:ALLERGIC_TO]->(allergen:Allergen)
DELETE allergy
RETURN count(*) AS cleared

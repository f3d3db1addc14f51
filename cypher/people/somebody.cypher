// Somebody: a person to demonstrate with, one with an allergy if there is any.
/*
Only simulated people are used, never an operator's own.

mode:    read
returns: userId STRING, allergies INTEGER
:param allergenId => 'milk'
*/
MATCH (user:User)
WHERE user.simulated = true
RETURN user.id AS userId,
       COUNT { (user)-[:ALLERGIC_TO]->(:Allergen {id: $allergenId}) } AS allergies
ORDER BY allergies DESC, userId
LIMIT 1

// Declarations: what people declare now, and how recent that and the catalogue are.
/*
What the safety gate says of a drink follows from these and from the catalogue, so an answer that it
gave for the same declaration and the same version of the catalogue is still its answer. Somebody
whom the graph does not know declared nothing. Whoever has something `unresolved` declared something
that nobody understood: only the gate itself is asked for them. What is `sealed`
is not understood here either: the service opens it.

mode:    read
returns: userId STRING, profileVersion INTEGER, catalogueVersion INTEGER, declared BOOLEAN,
         understood BOOLEAN, sealed LIST<STRING>, unresolved LIST<STRING>, allergies LIST<MAP>, avoids LIST<STRING>, diets LIST<STRING>,
         maxAbv FLOAT, maxCaffeine FLOAT
:param userIds => ['simulated-0001', 'nobody']
*/
UNWIND $userIds AS userId
OPTIONAL MATCH (user:User {id: userId})
WITH userId, user
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN userId AS userId, coalesce(user.version, 0) AS profileVersion,
       catalogue.version AS catalogueVersion,
       user.allergiesDeclaredAt IS NOT NULL AS declared,
       size(coalesce(user.unresolved, [])) = 0 AND user.sealed IS NULL AS understood,
       coalesce(user.sealed, []) AS sealed, coalesce(user.unresolved, []) AS unresolved,
       CASE WHEN user IS NULL THEN []
            ELSE [(user)-[allergy:ALLERGIC_TO]->(stated:Allergen) | {
              allergen: stated.id,
              tracesAccepted:
                coalesce(allergy.acceptsTraces AND allergy.severity IN ['MODERATE', 'MILD'], false)
            }] END AS allergies,
       CASE WHEN user IS NULL THEN []
            ELSE [(user)-[:AVOIDS]->(unwanted:Ingredient) | unwanted.id] END AS avoids,
       CASE WHEN user IS NULL THEN []
            ELSE [(user)-[:FOLLOWS]->(diet:Diet) | diet.id] END AS diets,
       user.maxAbv AS maxAbv, user.maxCaffeineMgPer100ml AS maxCaffeine
ORDER BY userId

// Swap gate: what the graph says now about a drink made with a changed recipe, for this person.
/*
Change number n removes the ingredients `taken[n]` from the drink and adds `added[n]`; the rest of
its recipe is read here. The rule is that of the safety gate, and stricter where a change removes
knowledge: what a producer declares about the original drink clears nothing, and with a limit on
alcohol or caffeine, the person's own or a diet's, no changed recipe is safe. A change that adds
something that does not exist, or leaves nothing in the glass, is not safe; the latter has no row.

mode:    read
returns: place INTEGER, safe BOOLEAN, declared BOOLEAN, known BOOLEAN, verdicts LIST<MAP>,
         avoided LIST<STRING>, unsuitedDiets LIST<STRING>, profileVersion INTEGER,
         catalogueVersion INTEGER
:param userId => 'simulated-0001'
:param drinkId => 'flat-white'
:param taken => [['cream'], ['butter', 'cream']]
:param added => [['oat-drink'], ['oat-drink', 'lime-juice']]
*/
OPTIONAL MATCH (user:User {id: $userId})
OPTIONAL MATCH (user)-[allergy:ALLERGIC_TO]->(stated:Allergen)
WITH user, collect(CASE WHEN stated IS NULL THEN null ELSE {
       allergen: stated.id,
       tracesAccepted: coalesce(allergy.acceptsTraces AND allergy.severity IN ['MODERATE', 'MILD'], false),
       related: [(stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen)
                 | related.id]
     } END) AS allergies
OPTIONAL MATCH (user)-[:AVOIDS]->(unwanted:Ingredient)
WITH user, allergies, collect(unwanted.id) AS avoids
OPTIONAL MATCH (user)-[:FOLLOWS]->(diet:Diet)
WITH user, allergies, avoids, collect(CASE WHEN diet IS NULL THEN null ELSE {
       id: diet.id,
       limited: diet.maxAbv IS NOT NULL OR diet.maxCaffeineMgPer100ml IS NOT NULL,
       avoids: [(diet)-[:AVOIDS]->(group:Ingredient) | group.id]
     } END) AS diets
UNWIND range(0, size($added) - 1) AS place
MATCH (drink:Drink {id: $drinkId})
WITH user, allergies, avoids, diets, place, drink,
     [(drink)-[:CONTAINS]->(kept:Ingredient) WHERE NOT kept.id IN $taken[place] | kept.id]
       + $added[place] AS recipe
UNWIND recipe AS ingredientId
OPTIONAL MATCH (ingredient:Ingredient {id: ingredientId})
OPTIONAL MATCH (ingredient)-[:IS_A|MADE_OF*0..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH user, allergies, avoids, diets, place, drink,
     count(CASE WHEN ingredient IS NULL THEN 1 END) AS missing,
     collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH user, allergies, avoids, diets, place, parts,
     coalesce(drink.recipeComplete, false) AND missing = 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(found:Allergen) | found.id] AS contains,
     traces + [(drink)-[:MAY_CONTAIN]->(found:Allergen) | found.id] AS mayContain
WITH user, avoids, diets, place, parts, known,
     [allergy IN allergies | {
       allergen: allergy.allergen,
       tracesAccepted: allergy.tracesAccepted,
       verdict: CASE
         WHEN any(id IN contains WHERE id IN allergy.related) THEN 'CONTAINS'
         WHEN any(id IN mayContain WHERE id IN allergy.related) THEN 'MAY_CONTAIN'
         WHEN known THEN 'ABSENT'
         ELSE 'UNKNOWN'
       END}] AS verdicts,
     [part IN parts WHERE part.id IN avoids | part.id] AS avoided
WITH user, avoids, avoided, place, known, verdicts,
     [diet IN diets
      WHERE diet.limited OR NOT known
        OR any(part IN parts WHERE NOT coalesce(part.dietsReviewed, false)
                                OR part.id IN diet.avoids)
      | diet.id] AS unsuitedDiets
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN place,
       all(verdict IN verdicts WHERE verdict.verdict = 'ABSENT'
           OR (verdict.verdict = 'MAY_CONTAIN' AND verdict.tracesAccepted AND known))
         AND (size(avoids) = 0 OR (known AND size(avoided) = 0))
         AND user.maxAbv IS NULL AND user.maxCaffeineMgPer100ml IS NULL
         AND size(unsuitedDiets) = 0
         AND size(coalesce(user.unresolved, [])) = 0 AS safe,
       user.allergiesDeclaredAt IS NOT NULL OR size(verdicts) > 0 AS declared,
       known, verdicts, avoided, unsuitedDiets,
       coalesce(user.version, 0) AS profileVersion, catalogue.version AS catalogueVersion
ORDER BY place

// Safety gate: what the graph says now about each of these drinks for this person.
/*
The second of two independent checks; the first are masks in memory. A drink is safe only if, for
each allergy, nothing in the recipe (optional parts too, and everything a part is or is made of) has
evidence of the allergen, of one below it, or of a group above it; and all of it is reviewed and
complete, or the producer declares the allergen absent. Traces pass only if the person accepts them,
the severity is MODERATE or MILD, and the rest of the recipe is known. Avoided ingredients, limits
and diets work the same way: unknown is not safe, and for a diet every part must have been reviewed
for diets too. A drink without a row is not safe.

mode:    read
returns: drinkId STRING, safe BOOLEAN, declared BOOLEAN, known BOOLEAN, verdicts LIST<MAP>,
         avoided LIST<STRING>, unsuitedDiets LIST<STRING>, profileVersion INTEGER, catalogueVersion INTEGER
:param userId => 'simulated-0001'
:param drinkIds => ['negroni', 'flat-white']
*/
OPTIONAL MATCH (user:User {id: $userId})
OPTIONAL MATCH (user)-[allergy:ALLERGIC_TO]->(stated:Allergen)
WITH user, collect(CASE WHEN stated IS NULL THEN null ELSE {
       allergen: stated.id,
       tracesAccepted: coalesce(allergy.acceptsTraces AND allergy.severity IN ['MODERATE', 'MILD'], false),
       above: [(stated)-[:PART_OF*0..]->(group:Allergen) | group.id],
       related: [(stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen)
                 | related.id]
     } END) AS allergies
OPTIONAL MATCH (user)-[:AVOIDS]->(unwanted:Ingredient)
WITH user, allergies, collect(unwanted.id) AS avoids
OPTIONAL MATCH (user)-[:FOLLOWS]->(diet:Diet)
WITH user, allergies, avoids, collect(CASE WHEN diet IS NULL THEN null ELSE {
       id: diet.id, maxAbv: diet.maxAbv, maxCaffeineMgPer100ml: diet.maxCaffeineMgPer100ml,
       avoids: [(diet)-[:AVOIDS]->(group:Ingredient) | group.id]
     } END) AS diets
UNWIND $drinkIds AS drinkId
MATCH (drink:Drink {id: drinkId})
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH user, allergies, avoids, diets, drink, collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH user, allergies, avoids, diets, drink, parts,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(found:Allergen) | found.id] AS contains,
     traces + [(drink)-[:MAY_CONTAIN]->(found:Allergen) | found.id] AS mayContain,
     [(drink)-[declaration:FREE_FROM]->(found:Allergen)
      WHERE declaration.source <> '' AND declaration.observedAt <> ''
      | found.id] AS absent
WITH user, avoids, diets, drink, parts, known,
     [allergy IN allergies | {
       allergen: allergy.allergen,
       tracesAccepted: allergy.tracesAccepted,
       verdict: CASE
         WHEN any(id IN contains WHERE id IN allergy.related) THEN 'CONTAINS'
         WHEN any(id IN mayContain WHERE id IN allergy.related) THEN 'MAY_CONTAIN'
         WHEN known OR any(id IN absent WHERE id IN allergy.above) THEN 'ABSENT'
         ELSE 'UNKNOWN'
       END}] AS verdicts,
     [part IN parts WHERE part.id IN avoids | part.id] AS avoided
WITH user, avoids, avoided, drink, known, verdicts,
     [diet IN diets
      WHERE NOT (known
        AND all(part IN parts WHERE coalesce(part.dietsReviewed, false)
                                AND NOT part.id IN diet.avoids)
        AND (diet.maxAbv IS NULL OR coalesce(drink.abv <= diet.maxAbv, false))
        AND (diet.maxCaffeineMgPer100ml IS NULL
             OR coalesce(drink.caffeineMgPer100ml <= diet.maxCaffeineMgPer100ml, false)))
      | diet.id] AS unsuitedDiets
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN drink.id AS drinkId,
       all(verdict IN verdicts WHERE verdict.verdict = 'ABSENT'
           OR (verdict.verdict = 'MAY_CONTAIN' AND verdict.tracesAccepted AND known))
         AND (size(avoids) = 0 OR (known AND size(avoided) = 0))
         AND (user.maxAbv IS NULL OR coalesce(drink.abv <= user.maxAbv, false))
         AND (user.maxCaffeineMgPer100ml IS NULL
              OR coalesce(drink.caffeineMgPer100ml <= user.maxCaffeineMgPer100ml, false))
         AND size(unsuitedDiets) = 0
         AND size(coalesce(user.unresolved, [])) = 0 AS safe,
       user.allergiesDeclaredAt IS NOT NULL OR size(verdicts) > 0 AS declared,
       known, verdicts, avoided, unsuitedDiets,
       coalesce(user.version, 0) AS profileVersion, catalogue.version AS catalogueVersion
ORDER BY drinkId

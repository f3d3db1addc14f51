// Declared gate: what the graph says now about drinks for people described in the request.
/*
The rule of the safety gate for people the graph does not know: guests at a table. What each
declares is passed in. With an allergen, ingredient or diet that the graph does not have, nothing is
safe. A drink without a row is not safe.

mode:    read
returns: place INTEGER, drinkId STRING, safe BOOLEAN, declared BOOLEAN, known BOOLEAN,
         verdicts LIST<MAP>, avoided LIST<STRING>, unsuitedDiets LIST<STRING>,
         profileVersion INTEGER, catalogueVersion INTEGER
:param people => [{allergies: [{allergen: 'milk', tracesAccepted: true}], avoids: ['gin'], diets: ['vegan'], maxAbv: 5.0, maxCaffeine: null}]
:param drinkIds => ['negroni', 'flat-white']
*/
UNWIND range(0, size($people) - 1) AS place
UNWIND CASE WHEN size($people[place].allergies) = 0 THEN [null]
            ELSE $people[place].allergies END AS allergy
OPTIONAL MATCH (stated:Allergen {id: allergy.allergen})
WITH place, collect(CASE WHEN allergy IS NULL THEN null ELSE {
       allergen: allergy.allergen,
       exists: stated IS NOT NULL,
       tracesAccepted: coalesce(allergy.tracesAccepted, false),
       above: CASE WHEN stated IS NULL THEN []
              ELSE [(stated)-[:PART_OF*0..]->(group:Allergen) | group.id] END,
       related: CASE WHEN stated IS NULL THEN [] ELSE
         [(stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen) | related.id]
       END} END) AS allergies
UNWIND CASE WHEN size($people[place].diets) = 0 THEN [null]
            ELSE $people[place].diets END AS dietId
OPTIONAL MATCH (diet:Diet {id: dietId})
WITH place, allergies, collect(CASE WHEN dietId IS NULL THEN null ELSE {
       id: dietId, exists: diet IS NOT NULL,
       maxAbv: diet.maxAbv, maxCaffeineMgPer100ml: diet.maxCaffeineMgPer100ml,
       avoids: CASE WHEN diet IS NULL THEN []
               ELSE [(diet)-[:AVOIDS]->(group:Ingredient) | group.id] END
     } END) AS diets
UNWIND CASE WHEN size($people[place].avoids) = 0 THEN [null]
            ELSE $people[place].avoids END AS avoidedId
OPTIONAL MATCH (unwanted:Ingredient {id: avoidedId})
WITH place, allergies, diets, collect(avoidedId) AS avoids,
     count(CASE WHEN avoidedId IS NOT NULL AND unwanted IS NULL THEN 1 END) AS unknownAvoids
UNWIND $drinkIds AS drinkId
MATCH (drink:Drink {id: drinkId})
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH place, allergies, diets, avoids, unknownAvoids, drink, collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH place, allergies, diets, avoids, unknownAvoids, drink, parts,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(found:Allergen) | found.id] AS contains,
     traces + [(drink)-[:MAY_CONTAIN]->(found:Allergen) | found.id] AS mayContain,
     [(drink)-[declaration:FREE_FROM]->(found:Allergen)
      WHERE declaration.source <> '' AND declaration.observedAt <> ''
      | found.id] AS absent
WITH place, diets, avoids, unknownAvoids, drink, parts, known,
     [allergy IN allergies | {
       allergen: allergy.allergen,
       tracesAccepted: allergy.tracesAccepted,
       verdict: CASE
         WHEN NOT allergy.exists THEN 'UNKNOWN'
         WHEN any(id IN contains WHERE id IN allergy.related) THEN 'CONTAINS'
         WHEN any(id IN mayContain WHERE id IN allergy.related) THEN 'MAY_CONTAIN'
         WHEN known OR any(id IN absent WHERE id IN allergy.above) THEN 'ABSENT'
         ELSE 'UNKNOWN'
       END}] AS verdicts,
     [part IN parts WHERE part.id IN avoids | part.id] AS avoided
WITH place, avoids, unknownAvoids, avoided, drink, known, verdicts,
     [diet IN diets
      WHERE NOT (diet.exists AND known
        AND all(part IN parts WHERE coalesce(part.dietsReviewed, false)
                                AND NOT part.id IN diet.avoids)
        AND (diet.maxAbv IS NULL OR coalesce(drink.abv <= diet.maxAbv, false))
        AND (diet.maxCaffeineMgPer100ml IS NULL
             OR coalesce(drink.caffeineMgPer100ml <= diet.maxCaffeineMgPer100ml, false)))
      | diet.id] AS unsuitedDiets
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN place, drink.id AS drinkId,
       all(verdict IN verdicts WHERE verdict.verdict = 'ABSENT'
           OR (verdict.verdict = 'MAY_CONTAIN' AND verdict.tracesAccepted AND known))
         AND unknownAvoids = 0
         AND (size(avoids) = 0 OR (known AND size(avoided) = 0))
         AND ($people[place].maxAbv IS NULL
              OR coalesce(drink.abv <= $people[place].maxAbv, false))
         AND ($people[place].maxCaffeine IS NULL
              OR coalesce(drink.caffeineMgPer100ml <= $people[place].maxCaffeine, false))
         AND size(unsuitedDiets) = 0 AS safe,
       true AS declared,
       known, verdicts, avoided, unsuitedDiets,
       0 AS profileVersion, catalogue.version AS catalogueVersion
ORDER BY place, drinkId

// Safety gate: what the graph says now about drinks for people it knows, or who are described.
/*
The second of two independent checks; the first are masks in memory. A drink is safe only if, for
each allergy, nothing in the recipe (optional parts too, and everything a part is or is made of) has
evidence of the allergen, of one below it, or of a group above it; and all of it is reviewed and
complete, or the producer declares the allergen absent. Traces pass only if the person accepts them,
the severity is MODERATE or MILD, and the rest of the recipe is known. Avoided ingredients, limits
and diets work the same way: unknown is not safe, and for a diet every part must have been reviewed
for diets too. A drink without a row is not safe.

Each ask is a person, `drinks` to judge for them, and `changes`: drinks made with a changed recipe.
The graph knows the person (`userId`), or they are described (`allergies`, `avoids`, `diets`,
`maxAbv`, `maxCaffeine`, and false as `understood` if not all of it was) as guests at a table are, or
both; then all of it counts. Of somebody whose profile is `sealed` the graph knows nothing, so by
their id nothing is safe: the service opens it, and describes them. With an allergen,
ingredient or diet that the graph does not have, nothing is safe. A change removes the ingredients
`taken` from the drink, adds `added`, and is told apart by its `number`; the rest of the recipe is
read here. The rule is stricter where a change removes knowledge: what a producer declares about the
original drink clears nothing, and with a limit on alcohol or caffeine, the person's own or a diet's,
no changed recipe is safe. A change that adds something that does not exist, or leaves nothing in the
glass, is not safe; the latter has no row.

On the embedded engine a node whose id is null is looked for among all, and a pattern comprehension
that starts at null matches everything: hence '' for a missing id, and CASE before such patterns.

mode:    read
returns: ask INTEGER, drinkId STRING, change INTEGER, safe BOOLEAN, sealed BOOLEAN, declared BOOLEAN, known BOOLEAN,
         verdicts LIST<MAP>, avoided LIST<STRING>, unsuitedDiets LIST<STRING>,
         profileVersion INTEGER, catalogueVersion INTEGER
:param asks => [{userId: 'simulated-0001', drinks: ['negroni', 'flat-white'], changes: [{number: 0, drink: 'flat-white', taken: ['cream'], added: ['oat-drink']}]}, {allergies: [{allergen: 'milk', tracesAccepted: true}], avoids: ['gin'], diets: ['vegan'], maxAbv: 5.0, drinks: ['negroni']}]
*/
UNWIND range(0, size($asks) - 1) AS ask
OPTIONAL MATCH (user:User {id: coalesce($asks[ask].userId, '')})
WITH ask, user,
     CASE WHEN user IS NULL THEN []
          ELSE [(user)-[allergy:ALLERGIC_TO]->(stated:Allergen) | {
            allergen: stated.id,
            tracesAccepted: allergy.acceptsTraces AND allergy.severity IN ['MODERATE', 'MILD']
          }] END + coalesce($asks[ask].allergies, []) AS allergies,
     CASE WHEN user IS NULL THEN []
          ELSE [(user)-[:AVOIDS]->(unwanted:Ingredient) | unwanted.id] END
       + coalesce($asks[ask].avoids, []) AS avoids,
     CASE WHEN user IS NULL THEN [] ELSE [(user)-[:FOLLOWS]->(diet:Diet) | diet.id] END
       + coalesce($asks[ask].diets, []) AS diets
UNWIND CASE WHEN size(allergies) = 0 THEN [null] ELSE allergies END AS allergy
OPTIONAL MATCH (stated:Allergen {id: coalesce(allergy.allergen, '')})
WITH ask, user, avoids, diets, collect(CASE WHEN allergy IS NULL THEN null ELSE {
       allergen: allergy.allergen,
       exists: stated IS NOT NULL,
       tracesAccepted: coalesce(allergy.tracesAccepted, false),
       above: CASE WHEN stated IS NULL THEN []
              ELSE [(stated)-[:PART_OF*0..]->(group:Allergen) | group.id] END,
       related: CASE WHEN stated IS NULL THEN [] ELSE
         [(stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen) | related.id]
       END} END) AS allergies
UNWIND CASE WHEN size(diets) = 0 THEN [null] ELSE diets END AS dietId
OPTIONAL MATCH (diet:Diet {id: coalesce(dietId, '')})
WITH ask, user, avoids, allergies, collect(CASE WHEN dietId IS NULL THEN null ELSE {
       id: dietId, exists: diet IS NOT NULL,
       maxAbv: diet.maxAbv, maxCaffeineMgPer100ml: diet.maxCaffeineMgPer100ml,
       avoids: CASE WHEN diet IS NULL THEN []
               ELSE [(diet)-[:AVOIDS]->(group:Ingredient) | group.id] END
     } END) AS diets
UNWIND reduce(ids = [''] + avoids, change IN coalesce($asks[ask].changes, []) | ids + change.added)
       AS ingredientId
OPTIONAL MATCH (ingredient:Ingredient {id: ingredientId})
WITH ask, user, avoids, allergies, diets, collect(ingredient) AS named
WITH named, {
       ask: ask, allergies: allergies, avoids: avoids, diets: diets,
       maxAbv: [most IN [user.maxAbv, $asks[ask].maxAbv] WHERE most IS NOT NULL],
       maxCaffeine: [most IN [user.maxCaffeineMgPer100ml, $asks[ask].maxCaffeine]
                     WHERE most IS NOT NULL],
       sealed: user.sealed IS NOT NULL,
       understood: size(coalesce(user.unresolved, [])) = 0 AND user.sealed IS NULL
                   AND coalesce($asks[ask].understood, true)
                   AND all(id IN avoids WHERE id IN [one IN named | one.id]),
       declared: user.allergiesDeclaredAt IS NOT NULL OR $asks[ask].allergies IS NOT NULL
                 OR size(allergies) > 0,
       version: coalesce(user.version, 0)
     } AS person
UNWIND [id IN $asks[person.ask].drinks | {drink: id}] + coalesce($asks[person.ask].changes, []) AS asked
MATCH (drink:Drink {id: asked.drink})
UNWIND CASE WHEN asked.added IS NULL THEN [drink]
       ELSE [(drink)-[:CONTAINS]->(kept:Ingredient)
             WHERE NOT kept.id IN asked.taken | kept]
            + [id IN asked.added | head([one IN named WHERE one.id = id])] END AS root
OPTIONAL MATCH (root)-[:CONTAINS|IS_A|MADE_OF*0..]->(part:Ingredient)
WITH person, asked, drink, collect(DISTINCT part) AS parts
WITH person, asked, parts,
     CASE WHEN asked.added IS NULL THEN drink.abv END AS abv,
     CASE WHEN asked.added IS NULL THEN drink.caffeineMgPer100ml END AS caffeine,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false))
       AND all(id IN coalesce(asked.added, []) WHERE id IN [part IN parts | part.id]) AS known,
     reduce(found = [(drink)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(of:Allergen)
                     | {type: type(evidence), allergen: of.id}],
            part IN parts |
            found + [(part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(of:Allergen)
                     | {type: type(evidence), allergen: of.id}]) AS evidence,
     [(drink)-[declaration:FREE_FROM]->(of:Allergen)
      WHERE asked.added IS NULL AND declaration.source <> '' AND declaration.observedAt <> ''
      | of.id] AS absent
WITH person, asked, abv, caffeine, known,
     [allergy IN person.allergies | {
       allergen: allergy.allergen,
       tracesAccepted: allergy.tracesAccepted,
       verdict: CASE
         WHEN NOT allergy.exists THEN 'UNKNOWN'
         WHEN any(one IN evidence WHERE one.type = 'HAS_ALLERGEN'
                                    AND one.allergen IN allergy.related) THEN 'CONTAINS'
         WHEN any(one IN evidence WHERE one.type = 'MAY_CONTAIN'
                                    AND one.allergen IN allergy.related) THEN 'MAY_CONTAIN'
         WHEN known OR any(id IN absent WHERE id IN allergy.above) THEN 'ABSENT'
         ELSE 'UNKNOWN'
       END}] AS verdicts,
     [part IN parts WHERE part.id IN person.avoids | part.id] AS avoided,
     [diet IN person.diets
      WHERE NOT (diet.exists AND known
        AND all(part IN parts WHERE coalesce(part.dietsReviewed, false)
                                AND NOT part.id IN diet.avoids)
        AND (diet.maxAbv IS NULL OR coalesce(abv <= diet.maxAbv, false))
        AND (diet.maxCaffeineMgPer100ml IS NULL
             OR coalesce(caffeine <= diet.maxCaffeineMgPer100ml, false)))
      | diet.id] AS unsuitedDiets
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN person.ask AS ask, asked.drink AS drinkId, asked.number AS change,
       person.understood
         AND all(verdict IN verdicts WHERE verdict.verdict = 'ABSENT'
                 OR (verdict.verdict = 'MAY_CONTAIN' AND verdict.tracesAccepted AND known))
         AND (size(person.avoids) = 0 OR (known AND size(avoided) = 0))
         AND all(most IN person.maxAbv WHERE coalesce(abv <= most, false))
         AND all(most IN person.maxCaffeine WHERE coalesce(caffeine <= most, false))
         AND size(unsuitedDiets) = 0 AS safe,
       person.sealed AS sealed, person.declared AS declared, known, verdicts, avoided, unsuitedDiets,
       person.version AS profileVersion, catalogue.version AS catalogueVersion
ORDER BY ask, drinkId, change

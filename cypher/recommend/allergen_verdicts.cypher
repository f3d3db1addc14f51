// Allergen verdicts: what the graph says now about each of these allergens in each drink.
/*
The rule of the safety gate, for named allergens instead of a person's: evidence counts if it is
about the allergen, one below it, or a group above one of these, on the drink or on any part. A
drink without a row, or an allergen without a verdict, is unknown.

mode:    read
returns: drinkId STRING, known BOOLEAN, verdicts LIST<MAP>, catalogueVersion INTEGER
:param allergenIds => ['milk', 'almond']
:param drinkIds => ['negroni', 'flat-white']
*/
UNWIND $allergenIds AS allergenId
MATCH (asked:Allergen {id: allergenId})
WITH collect({
       allergen: asked.id,
       above: [(asked)-[:PART_OF*0..]->(group:Allergen) | group.id],
       related: [(asked)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen)
                 | related.id]
     }) AS allergens
UNWIND $drinkIds AS drinkId
MATCH (drink:Drink {id: drinkId})
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH allergens, drink, collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH allergens, drink,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(found:Allergen) | found.id] AS contains,
     traces + [(drink)-[:MAY_CONTAIN]->(found:Allergen) | found.id] AS mayContain,
     [(drink)-[declaration:FREE_FROM]->(found:Allergen)
      WHERE declaration.source <> '' AND declaration.observedAt <> ''
      | found.id] AS absent
MATCH (catalogue:Catalogue {id: 'catalogue'})
RETURN drink.id AS drinkId, known,
       [allergen IN allergens | {
         allergen: allergen.allergen,
         verdict: CASE
           WHEN any(id IN contains WHERE id IN allergen.related) THEN 'CONTAINS'
           WHEN any(id IN mayContain WHERE id IN allergen.related) THEN 'MAY_CONTAIN'
           WHEN known OR any(id IN absent WHERE id IN allergen.above) THEN 'ABSENT'
           ELSE 'UNKNOWN'
         END}] AS verdicts,
       catalogue.version AS catalogueVersion
ORDER BY drinkId

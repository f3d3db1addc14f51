// Recall verdicts: the drinks that a recall is about, each with its verdict on the allergen.
/*
The drink itself, or every drink that contains the ingredient, at any depth; one of the two ids is
null. The verdict is that of the safety rule, whoever the person is.

mode:    read
returns: drinkId STRING, name STRING, verdict STRING
:param drinkId => null
:param ingredientId => 'butter'
:param allergenId => 'milk'
*/
MATCH (allergen:Allergen {id: $allergenId})
MATCH (allergen)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(relative:Allergen)
WITH allergen, collect(DISTINCT relative.id) AS related
WITH related, [(allergen)-[:PART_OF*0..]->(group:Allergen) | group.id] AS above
OPTIONAL MATCH (named:Drink {id: $drinkId})
OPTIONAL MATCH (:Ingredient {id: $ingredientId})<-[:CONTAINS|IS_A|MADE_OF*1..]-(holder:Drink)
WITH DISTINCT related, above, coalesce(holder, named) AS drink
WHERE drink IS NOT NULL
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH related, above, drink, collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH related, above, drink,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(about:Allergen) | about.id] AS contains,
     traces + [(drink)-[:MAY_CONTAIN]->(about:Allergen) | about.id] AS mayContain,
     [(drink)-[declaration:FREE_FROM]->(about:Allergen)
      WHERE declaration.source <> '' AND declaration.observedAt <> ''
      | about.id] AS absent
RETURN drink.id AS drinkId, coalesce(drink.name, drink.id) AS name,
       CASE WHEN any(id IN contains WHERE id IN related) THEN 'CONTAINS'
            WHEN any(id IN mayContain WHERE id IN related) THEN 'MAY_CONTAIN'
            WHEN known OR any(id IN absent WHERE id IN above) THEN 'ABSENT'
            ELSE 'UNKNOWN' END AS verdict
ORDER BY drinkId

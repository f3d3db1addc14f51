// Merge state: what a merge of drinks has to know about each of them.
/*
`contains` and `mayContain` are the allergens of all evidence on the drink and on everything in it,
at any depth. `composition` and the like are kept so that they can be restored.

mode:    read
returns: id STRING, name STRING, mergedInto STRING, availableUntil STRING, complete BOOLEAN,
         abv FLOAT, caffeine FLOAT, composition LIST<STRING>, composedIn INTEGER,
         composedOn STRING, composedBecause STRING, facts LIST<STRING>, lines LIST<MAP>,
         contains LIST<STRING>, mayContain LIST<STRING>, absent LIST<STRING>
:param ids => ['flat-white', 'oat-flat-white', 'house-tea']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH drink,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
RETURN drink.id AS id, drink.name AS name,
       head([(drink)-[:MERGED_INTO]->(other:Drink) | other.id]) AS mergedInto,
       drink.availableUntil AS availableUntil,
       coalesce(drink.recipeComplete, false) AS complete, drink.abv AS abv,
       drink.caffeineMgPer100ml AS caffeine, drink.composition AS composition,
       drink.composedIn AS composedIn, drink.composedOn AS composedOn,
       drink.composedBecause AS composedBecause, drink.facts AS facts,
       [(drink)-[line:CONTAINS]->(ingredient:Ingredient)
        | {ingredientId: ingredient.id, amount: line.amount, unit: line.unit}] AS lines,
       inParts + [(drink)-[:HAS_ALLERGEN]->(allergen:Allergen) | allergen.id] AS contains,
       traces + [(drink)-[:MAY_CONTAIN]->(allergen:Allergen) | allergen.id] AS mayContain,
       [(drink)-[:FREE_FROM]->(allergen:Allergen) | allergen.id] AS absent
ORDER BY id

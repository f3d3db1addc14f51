// What blocks most: the unreviewed ingredients, by how many drinks they keep unknown.
/*
A drink with an unreviewed part, at any depth, is safe for nobody with an allergy unless its
producer declares the allergen absent. `alone` counts the drinks that would be known if this one
ingredient were reviewed: start with the first row.

mode:    read
returns: ingredient STRING, name STRING, drinks INTEGER, alone INTEGER
:param rows => 25
*/
MATCH (drink:Drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WHERE NOT coalesce(part.reviewed, false)
WITH drink, collect(DISTINCT part) AS unknown
WITH unknown,
     CASE WHEN coalesce(drink.recipeComplete, false) AND size(unknown) = 1 THEN 1 ELSE 0 END AS only
UNWIND unknown AS part
RETURN part.id AS ingredient, part.name AS name, count(part) AS drinks, sum(only) AS alone
ORDER BY drinks DESC, ingredient
LIMIT $rows

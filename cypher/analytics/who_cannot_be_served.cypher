// Who cannot be served: one or two allergies of a regulation for which few drinks are safe.
/*
Every allergen that the regulation lists, alone and with each other one, whether or not anybody
declared them: what the menu lacks. A cautious count: drinks that are known all the way down, with
no evidence of either. `people` declared both (or more); 0 also stands for fewer than `minPeople`.

mode:    read
returns: allergens LIST<STRING>, drinks INTEGER, people INTEGER
:param regulation => 'eu-14'
:param fewerThan => 10
:param minPeople => 5
*/
MATCH (drink:Drink)
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH drink, collect(DISTINCT part) AS parts
WHERE coalesce(drink.recipeComplete, false) AND size(parts) > 0
  AND all(part IN parts WHERE coalesce(part.reviewed, false))
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
               -[:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH drink, collect(DISTINCT found.id) AS present
WITH collect(present) AS drinks
MATCH (:Regulation {id: $regulation})-[:LISTS]->(one:Allergen)
WITH DISTINCT drinks, one
MATCH (:Regulation {id: $regulation})-[:LISTS]->(other:Allergen)
WHERE one.id <= other.id
WITH DISTINCT drinks, one, other
MATCH (stated:Allergen)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(related:Allergen)
WHERE stated.id IN [one.id, other.id]
WITH drinks, one, other, collect(DISTINCT related.id) AS related
WITH one, other, size([present IN drinks WHERE none(id IN present WHERE id IN related)]) AS safe
WHERE safe < $fewerThan
OPTIONAL MATCH (user:User)-[:ALLERGIC_TO]->(one)
OPTIONAL MATCH (user)-[:ALLERGIC_TO]->(second:Allergen)
WHERE second.id = other.id
WITH one, other, safe, count(second) AS people
RETURN CASE WHEN one.id = other.id THEN [one.id] ELSE [one.id, other.id] END AS allergens,
       safe AS drinks, CASE WHEN people >= $minPeople THEN people ELSE 0 END AS people
ORDER BY drinks, people DESC, allergens

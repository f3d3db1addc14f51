// Who has few choices: groups of people with the same allergies, by how few drinks they can have.
/*
A cautious count: drinks that are known all the way down, with no evidence of any of the allergens.
Declarations of absence, accepted traces, avoided ingredients and limits are ignored. Groups of
fewer than `minPeople` are left out, so that no row is about individuals.

mode:    read
returns: allergens LIST<STRING>, people INTEGER, drinks INTEGER
:param minPeople => 5
:param rows => 25
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
MATCH (user:User)-[:ALLERGIC_TO]->(stated:Allergen)
WITH drinks, user, stated
ORDER BY stated.id
WITH drinks, user, collect(stated.id) AS allergens
WITH drinks, allergens, count(user) AS people
WHERE people >= $minPeople
UNWIND allergens AS stated
MATCH (:Allergen {id: stated})<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(other:Allergen)
WITH drinks, allergens, people, collect(DISTINCT other.id) AS related
RETURN allergens, people,
       size([present IN drinks WHERE none(id IN present WHERE id IN related)]) AS drinks
ORDER BY drinks, people DESC, allergens
LIMIT $rows

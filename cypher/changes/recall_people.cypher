// Recall people: how many people a recall is about, never who.
/*
`allergic` people declared the allergen, a group above it or something below. Of them, `had` bought,
saved or were recommended a drink that the recall is about, and `acceptTraces` of these accept
traces for every such allergy. `simulated` counts the allergic people that come with the bundled
data. Whose profile is sealed is counted by the service.

mode:    read
returns: allergic INTEGER, had INTEGER, acceptTraces INTEGER, simulated INTEGER
:param drinkId => null
:param ingredientId => 'butter'
:param allergenId => 'milk'
*/
MATCH (allergen:Allergen {id: $allergenId})
MATCH (allergen)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(relative:Allergen)
WITH DISTINCT relative
MATCH (user:User)-[allergy:ALLERGIC_TO]->(relative)
WITH user, min(CASE WHEN coalesce(allergy.acceptsTraces AND allergy.severity IN ['MODERATE', 'MILD'], false)
                    THEN 1 ELSE 0 END) AS accepts
OPTIONAL MATCH (user)-[:PURCHASED|SAVED|RECOMMENDED]->(drink:Drink)
WITH DISTINCT user, accepts, drink
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient {id: $ingredientId})
WITH user, accepts,
     max(CASE WHEN part IS NOT NULL OR coalesce(drink.id = $drinkId, false) THEN 1 ELSE 0 END)
       AS had
RETURN count(user) AS allergic, coalesce(sum(had), 0) AS had,
       coalesce(sum(had * accepts), 0) AS acceptTraces,
       coalesce(sum(CASE WHEN coalesce(user.simulated, false) THEN 1 ELSE 0 END), 0) AS simulated
ORDER BY allergic

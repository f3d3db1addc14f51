// Substitutes: drinks that share a style with one and are known to be free of an allergen.
/*
A cautious list for a menu: known all the way down, with no evidence of the allergen, of one below
it or of a group above it. It checks one allergen, for nobody in particular; what a person is
offered is decided by the API.

mode:    read
returns: drink STRING, name STRING, kind STRING, styles INTEGER, flavors INTEGER
:param drinkId => 'flat-white'
:param allergenId => 'milk'
:param rows => 10
*/
MATCH (stated:Allergen {id: $allergenId})
MATCH (stated)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(other:Allergen)
WITH stated, collect(DISTINCT other.id) AS related
MATCH (wanted:Drink {id: $drinkId})-[:OF_STYLE]->(style:Style)<-[:OF_STYLE]-(drink:Drink)
WITH related, wanted, drink, count(DISTINCT style) AS styles
MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH related, wanted, drink, styles, collect(DISTINCT part) AS parts
WHERE drink.id <> wanted.id AND coalesce(drink.recipeComplete, false)
  AND all(part IN parts WHERE coalesce(part.reviewed, false))
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
               -[:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WHERE found.id IN related
WITH wanted, drink, styles, count(found) AS against
WHERE against = 0
OPTIONAL MATCH (wanted)-[:HAS_FLAVOR]->(flavor:Flavor)<-[:HAS_FLAVOR]-(drink)
WITH drink, styles, count(DISTINCT flavor) AS flavors
RETURN drink.id AS drink, drink.name AS name, drink.kind AS kind, styles, flavors
ORDER BY styles DESC, flavors DESC, drink
LIMIT $rows

// Substitutes for best sellers: what could replace the top sellers that contain an allergen.
/*
`instead` shares a style with the best seller and is known all the way down to be without the
allergen, one below it or a group above it. Best sellers without a substitute have no row: that is
a gap in the menu. For planning, never for offering: what a person may have is decided by the API.

mode:    read
returns: drink STRING, name STRING, purchases INTEGER, instead STRING, insteadName STRING,
         styles INTEGER, flavors INTEGER
:param allergenId => 'milk'
:param bestSellers => 10
:param perDrink => 3
*/
MATCH (:Allergen {id: $allergenId})<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(other:Allergen)
WITH collect(DISTINCT other.id) AS related
MATCH (wanted:Drink)-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
      -[:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WHERE found.id IN related
WITH DISTINCT related, wanted
MATCH (:User)-[purchase:PURCHASED]->(wanted)
WITH related, wanted, sum(coalesce(purchase.times, 1)) AS purchases
ORDER BY purchases DESC, wanted.id
LIMIT $bestSellers
MATCH (wanted)-[:OF_STYLE]->(style:Style)<-[:OF_STYLE]-(drink:Drink)
WITH related, wanted, purchases, drink, count(DISTINCT style) AS styles
MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH related, wanted, purchases, drink, styles, collect(DISTINCT part) AS parts
WHERE drink.id <> wanted.id AND coalesce(drink.recipeComplete, false)
  AND all(part IN parts WHERE coalesce(part.reviewed, false))
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*0..]->(subject)
               -[:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WHERE found.id IN related
WITH wanted, purchases, drink, styles, count(found) AS against
WHERE against = 0
OPTIONAL MATCH (wanted)-[:HAS_FLAVOR]->(flavor:Flavor)<-[:HAS_FLAVOR]-(drink)
WITH wanted, purchases, drink, styles, count(DISTINCT flavor) AS flavors
ORDER BY styles DESC, flavors DESC, drink.id
WITH wanted, purchases,
     collect({drink: drink.id, name: drink.name, styles: styles, flavors: flavors}) AS ranked
UNWIND ranked[0..$perDrink] AS one
RETURN wanted.id AS drink, wanted.name AS name, purchases, one.drink AS instead,
       one.name AS insteadName, one.styles AS styles, one.flavors AS flavors
ORDER BY purchases DESC, drink, styles DESC, flavors DESC, instead

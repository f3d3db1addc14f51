// Diets by kind: how many drinks of each kind suit each diet, and how many are unknown.
/*
A drink suits a diet if its recipe is known, every part was reviewed for diets, nothing in it is
avoided, and alcohol and caffeine are known and within the limits. A review could make `unknown`
drinks suit the diet; `avoided` ones never will.

mode:    read
returns: diet STRING, kind STRING, suits INTEGER, avoided INTEGER, unknown INTEGER
*/
MATCH (diet:Diet)
WITH collect({
       id: diet.id, maxAbv: diet.maxAbv, maxCaffeineMgPer100ml: diet.maxCaffeineMgPer100ml,
       avoids: [(diet)-[:AVOIDS]->(group:Ingredient) | group.id]
     }) AS diets
MATCH (drink:Drink)
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH diets, drink, collect(DISTINCT part) AS parts
WITH diets, drink, parts,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)
                               AND coalesce(part.dietsReviewed, false)) AS known
UNWIND diets AS diet
WITH diet, drink, known,
     any(part IN parts WHERE part.id IN diet.avoids)
       OR coalesce(drink.abv > diet.maxAbv, false)
       OR coalesce(drink.caffeineMgPer100ml > diet.maxCaffeineMgPer100ml, false) AS avoided,
     (diet.maxAbv IS NOT NULL AND drink.abv IS NULL)
       OR (diet.maxCaffeineMgPer100ml IS NOT NULL AND drink.caffeineMgPer100ml IS NULL) AS unsure
WITH diet.id AS diet, coalesce(drink.kind, 'no kind') AS kind,
     CASE WHEN avoided THEN 'avoided' WHEN known AND NOT unsure THEN 'suits' ELSE 'unknown' END
       AS verdict
RETURN diet, kind,
       sum(CASE WHEN verdict = 'suits' THEN 1 ELSE 0 END) AS suits,
       sum(CASE WHEN verdict = 'avoided' THEN 1 ELSE 0 END) AS avoided,
       sum(CASE WHEN verdict = 'unknown' THEN 1 ELSE 0 END) AS unknown
ORDER BY diet, kind

// Why not, by the limits of diets: what in a drink exceeds them or is unknown.
/*
mode:    read
returns: declared STRING, limit STRING, found STRING, source STRING
:param diets => ['vegan']
:param drinkId => 'flat-white'
*/
UNWIND $diets AS dietId
MATCH (diet:Diet {id: dietId})
OPTIONAL MATCH (drink:Drink {id: $drinkId})
WITH diet, drink
WHERE drink IS NOT NULL
UNWIND [
  ['maxAbv ' + toString(diet.maxAbv),
   CASE WHEN coalesce(drink.abv <= diet.maxAbv, false) THEN null
          ELSE 'abv ' + coalesce(toString(drink.abv), 'unknown') END],
  ['maxCaffeineMgPer100ml ' + toString(diet.maxCaffeineMgPer100ml),
   CASE WHEN coalesce(drink.caffeineMgPer100ml <= diet.maxCaffeineMgPer100ml, false) THEN null
          ELSE 'caffeineMgPer100ml ' + coalesce(toString(drink.caffeineMgPer100ml), 'unknown') END]
] AS pair
WITH diet, pair[0] AS limit, pair[1] AS found
WHERE limit IS NOT NULL AND found IS NOT NULL
RETURN diet.id AS declared, limit, found, diet.source AS source
ORDER BY declared, limit

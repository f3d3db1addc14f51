// Why not, by diet: the paths from a drink to what a diet avoids or nobody has reviewed for it.
/*
Each row is one path to a part; `avoided` says whether the diet avoids that part. Otherwise nobody
has reviewed the part for diets.

mode:    read
returns: diet STRING, avoided BOOLEAN, source STRING, path LIST<STRING>
:param diets => ['vegan']
:param drinkId => 'flat-white'
*/
UNWIND $diets AS dietId
MATCH (diet:Diet {id: dietId})
WITH DISTINCT diet
MATCH route = (drink:Drink {id: $drinkId})-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH diet, route, part, EXISTS { (diet)-[:AVOIDS]->(part) } AS avoided
WHERE avoided OR NOT coalesce(part.dietsReviewed, false)
RETURN diet.id AS diet, avoided, diet.source AS source, [node IN nodes(route) | node.id] AS path
ORDER BY avoided DESC, diet, size(path), path
LIMIT 100

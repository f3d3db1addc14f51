// Safety exemptions: which parts of these drinks a law exempts from these allergens.
/*
A law's exemption explains why a part may carry no warning. It decides nothing here.

mode:    read
returns: drinkId STRING, asked STRING, regulation STRING, allergen STRING, text STRING,
         source STRING, path LIST<STRING>, names LIST<STRING>
:param drinkIds => ['negroni', 'flat-white']
:param allergenIds => ['milk', 'almond']
*/
UNWIND $drinkIds AS drinkId
MATCH route = (drink:Drink {id: drinkId})-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
MATCH (part)<-[exemption:EXEMPTS]-(regulation:Regulation)
MATCH (exempt:Allergen {id: exemption.allergen})<-[:PART_OF*0..]-(asked:Allergen)
WHERE asked.id IN $allergenIds
WITH DISTINCT drink, route, exemption, regulation, asked
RETURN drink.id AS drinkId, asked.id AS asked, regulation.id AS regulation,
       exemption.allergen AS allergen, exemption.text AS text, exemption.source AS source,
       [node IN nodes(route) | node.id] AS path,
       [node IN nodes(route) | coalesce(node.name, node.id)] AS names
ORDER BY drinkId, asked, regulation, source, size(path), path

// Note drinks: what they are made of before a change, if that is not noted yet.
/*
An early step of every change. A drink from before compositions were kept, or written by hand, is
compared with what it is now.

mode:    write
returns:
:param ids => ['oat-flat-white']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})
WHERE drink.composition IS NULL
WITH drink,
     [(drink)-[line:CONTAINS]->(part:Ingredient)
      | 'contains ' + part.id + CASE WHEN line.optional THEN ' | optional' ELSE '' END]
     + [(drink)-[:MADE_BY]->(producer:Producer) | 'made by ' + producer.id]
     + [CASE WHEN coalesce(drink.recipeComplete, false) THEN 'recipe complete'
             ELSE 'recipe not complete' END,
        'named ' + coalesce(drink.name, '')] AS now
SET drink.composition = now

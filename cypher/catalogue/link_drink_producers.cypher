// Link drink producers: who makes each drink.
/*
A missing producer is created.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', producerId: 'house-bar', producer: 'House bar'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
MERGE (producer:Producer {id: row.producerId})
  ON CREATE SET producer.name = row.producer
MERGE (drink)-[:MADE_BY]->(producer)

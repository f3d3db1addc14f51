// Sales by segment: what people of each segment buy, by kind of drink.
/*
A segment is made by `tastegraph segments compute`. Kinds that fewer than `minPeople` people of a segment
bought are left out.

mode:    read
returns: segment STRING, name STRING, kind STRING, people INTEGER, purchases INTEGER
:param minPeople => 5
:param rows => 100
*/
MATCH (segment:Segment)<-[:IN_SEGMENT]-(user:User)-[purchase:PURCHASED]->(drink:Drink)
WITH segment, drink.kind AS kind, count(DISTINCT user) AS people, sum(coalesce(purchase.times, 1)) AS purchases
WHERE people >= $minPeople
RETURN segment.id AS segment, segment.name AS name, kind, people, purchases
ORDER BY segment, purchases DESC, kind
LIMIT $rows

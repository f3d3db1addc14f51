// Safety disagreements: the share of lists of which the gate dropped a drink, by arm and day.
/*
The masks had passed the drink and the graph did not, or not any more: nobody was shown it. It tells how
well what is in memory keeps up, and nothing of anybody: it counts lists (`people` are lists here), of
arms with at least `fewest` people, and whole days (UTC) that are over by `until`; which drink it was, whose list
and why is kept nowhere. `before` is 0.

mode:    read
returns: arm STRING, day INTEGER, people INTEGER, total FLOAT, squares FLOAT, before FLOAT,
         beforeSquares FLOAT, products FLOAT
:param experimentId => 'diverse-home'
:param since => 1767139200000
:param until => 1793612400000
:param fewest => 1
*/
MATCH (:User)-[exposure:EXPOSED_TO]->(experiment:Experiment {id: $experimentId})
WITH experiment, exposure.arm AS arm, count(*) AS exposed
WHERE exposed >= $fewest
MATCH (counted:ArmDay)-[:OF_EXPERIMENT]->(experiment)
WHERE counted.arm = arm AND counted.at + 86400000 > $since AND counted.at + 86400000 <= $until
RETURN arm, (counted.at + 86400000 - $since) / 86400000 AS day, counted.lists AS people,
       toFloat(counted.disagreed) AS total, toFloat(counted.disagreed) AS squares,
       0.0 AS before, 0.0 AS beforeSquares, 0.0 AS products
ORDER BY day, arm

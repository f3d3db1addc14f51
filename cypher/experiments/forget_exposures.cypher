// Forget exposures: who was in an experiment that is decided, so many at once.
/*
mode:    write
returns: forgotten INTEGER
:param experimentId => 'diverse-home'
:param most => 10000
*/
MATCH (:User)-[exposure:EXPOSED_TO]->(experiment:Experiment {id: $experimentId})
WITH exposure ORDER BY exposure.at LIMIT $most
DELETE exposure
RETURN count(*) AS forgotten

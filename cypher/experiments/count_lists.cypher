// Count lists: of each arm and day how many lists it ranked, and of how many the gate dropped a drink.
/*
No list and nobody is named. `at` is the begin of the day (UTC) in milliseconds since 1970; counts are
added to those that are there. Two writers may make two nodes of a day, which are added up.

mode:    write
returns: arms INTEGER
:param rows => [{experimentId: 'diverse-home', arm: 'as-is', at: 1767139200000, lists: 12, disagreed: 1}]
*/
UNWIND $rows AS row
MATCH (experiment:Experiment {id: row.experimentId})
MERGE (experiment)<-[:OF_EXPERIMENT]-(day:ArmDay {arm: row.arm, at: row.at})
SET day.lists = coalesce(day.lists, 0) + row.lists,
    day.disagreed = coalesce(day.disagreed, 0) + row.disagreed
RETURN count(*) AS arms

// Why not, by limits: what in a drink exceeds a person's limits or is unknown.
/*
A declaration that was not understood rules out every drink, and comes as a row of its own.

mode:    read
returns: kind STRING, declared STRING, found STRING
:param maxAbv => 5.0
:param maxCaffeine => 40.0
:param unresolved => ['allergies: ?']
:param drinkId => 'negroni'
*/
MATCH (drink:Drink {id: $drinkId})
WITH drink
UNWIND [
  ['LIMIT', 'maxAbv ' + toString($maxAbv),
   CASE WHEN coalesce(drink.abv <= $maxAbv, false) THEN null
          ELSE 'abv ' + coalesce(toString(drink.abv), 'unknown') END],
  ['LIMIT', 'maxCaffeineMgPer100ml ' + toString($maxCaffeine),
   CASE WHEN coalesce(drink.caffeineMgPer100ml <= $maxCaffeine, false)
          THEN null
          ELSE 'caffeineMgPer100ml ' + coalesce(toString(drink.caffeineMgPer100ml), 'unknown') END],
  ['UNRESOLVED', 'unresolved',
   CASE WHEN size($unresolved) = 0 THEN null
          ELSE reduce(text = '', one IN $unresolved | text + one + '; ') END]
] AS limit
WITH limit[0] AS kind, limit[1] AS declared, limit[2] AS found
WHERE declared IS NOT NULL AND found IS NOT NULL
RETURN kind AS kind, declared AS declared, found AS found
ORDER BY kind, declared

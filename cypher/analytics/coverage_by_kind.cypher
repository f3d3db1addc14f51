// Coverage by kind: of each kind of drink, in how many each listed allergen is present or unknown.
/*
The verdicts of the safety rule for the allergens that a regulation lists. `unknown` is the work
left to do: these drinks are safe for nobody with that allergy.

mode:    read
returns: kind STRING, allergen STRING, drinks INTEGER, contains INTEGER, mayContain INTEGER,
         absent INTEGER, unknown INTEGER
:param regulation => 'eu-14'
*/
MATCH (:Regulation {id: $regulation})-[:LISTS]->(allergen:Allergen)
WITH DISTINCT allergen
WITH collect({
       id: allergen.id,
       above: [(allergen)-[:PART_OF*0..]->(group:Allergen) | group.id],
       related: [(allergen)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(other:Allergen)
                 | other.id]
     }) AS allergens
MATCH (drink:Drink)
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH allergens, drink, collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH allergens, coalesce(drink.kind, 'no kind') AS kind,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(found:Allergen) | found.id] AS present,
     traces + [(drink)-[:MAY_CONTAIN]->(found:Allergen) | found.id] AS possible,
     [(drink)-[declaration:FREE_FROM]->(found:Allergen)
      WHERE declaration.source <> '' AND declaration.observedAt <> ''
      | found.id] AS declared
UNWIND allergens AS allergen
WITH kind, allergen.id AS allergen,
     CASE
       WHEN any(id IN present WHERE id IN allergen.related) THEN 'CONTAINS'
       WHEN any(id IN possible WHERE id IN allergen.related) THEN 'MAY_CONTAIN'
       WHEN known OR any(id IN declared WHERE id IN allergen.above) THEN 'ABSENT'
       ELSE 'UNKNOWN'
     END AS verdict
RETURN kind, allergen, count(*) AS drinks,
       sum(CASE WHEN verdict = 'CONTAINS' THEN 1 ELSE 0 END) AS contains,
       sum(CASE WHEN verdict = 'MAY_CONTAIN' THEN 1 ELSE 0 END) AS mayContain,
       sum(CASE WHEN verdict = 'ABSENT' THEN 1 ELSE 0 END) AS absent,
       sum(CASE WHEN verdict = 'UNKNOWN' THEN 1 ELSE 0 END) AS unknown
ORDER BY kind, allergen

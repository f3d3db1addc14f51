// Declared states: everything these people declared and agreed to, for merging them.
/*
They are locked until the transaction ends, so that what it reads stays true. `source` is that of
what an import brought. What is `sealed` comes as it is, for the service to open.

mode:    write
returns: id STRING, mergedInto STRING, sealed LIST<STRING>, fingerprint STRING, declaredAt STRING, regulation STRING,
         unresolved LIST<STRING>, maxAbv FLOAT, maxCaffeine FLOAT, personalisation BOOLEAN,
         remembering BOOLEAN, safety BOOLEAN, training BOOLEAN, experiments BOOLEAN,
         analytics BOOLEAN, warehouse BOOLEAN, marketing BOOLEAN, ground STRING, child BOOLEAN,
         consentsSetAt STRING, allergies LIST<MAP>, avoids LIST<MAP>,
         diets LIST<MAP>, likes LIST<MAP>, dislikes LIST<MAP>
:param ids => ['user-1', 'card-1', 'child-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})
SET user.version = coalesce(user.version, 0)
RETURN user.id AS id,
       head([(user)-[:MERGED_INTO]->(other:User) | other.id]) AS mergedInto,
       coalesce(user.sealed, []) AS sealed, user.fingerprint AS fingerprint,
       user.allergiesDeclaredAt AS declaredAt, user.regulation AS regulation,
       user.unresolved AS unresolved, user.maxAbv AS maxAbv,
       user.maxCaffeineMgPer100ml AS maxCaffeine, user.personalisation AS personalisation,
       user.remembering AS remembering, user.safety AS safety, user.training AS training,
       user.experiments AS experiments, user.analytics AS analytics,
       user.warehouse AS warehouse, user.marketing AS marketing, user.ground AS ground,
       user.child AS child, user.consentsSetAt AS consentsSetAt,
       [(user)-[allergy:ALLERGIC_TO]->(allergen:Allergen) |
         {id: allergen.id, severity: allergy.severity, acceptsTraces: allergy.acceptsTraces,
          source: allergy.source}] AS allergies,
       [(user)-[link:AVOIDS]->(ingredient:Ingredient) |
         {id: ingredient.id, source: link.source}] AS avoids,
       [(user)-[link:FOLLOWS]->(diet:Diet) | {id: diet.id, source: link.source}] AS diets,
       [(user)-[link:LIKES]->(flavor:Flavor) |
         {kind: 'flavor', id: flavor.id, source: link.source}]
         + [(user)-[link:LIKES]->(ingredient:Ingredient) |
           {kind: 'ingredient', id: ingredient.id, source: link.source}]
         + [(user)-[link:LIKES]->(style:Style) |
           {kind: 'style', id: style.id, source: link.source}] AS likes,
       [(user)-[link:DISLIKES]->(flavor:Flavor) |
         {kind: 'flavor', id: flavor.id, source: link.source}]
         + [(user)-[link:DISLIKES]->(ingredient:Ingredient) |
           {kind: 'ingredient', id: ingredient.id, source: link.source}]
         + [(user)-[link:DISLIKES]->(style:Style) |
           {kind: 'style', id: style.id, source: link.source}] AS dislikes
ORDER BY id

// Count shadow comparisons: add what one server has compared since its last count.
/*
Overlap, correlation and seconds are sums over the comparisons. Writing the time first makes
servers wait for each other, so that no count is lost.

mode:    write
returns: compared INTEGER
:param version => '20261121T080000Z-0123abcd'
:param at => '2026-11-21T08:00:00.000Z'
:param compared => 10
:param skipped => 1
:param overlap => 8.5
:param correlation => 9.5
:param seconds => 0.05
*/
MATCH (model:Model {version: $version})
SET model.shadowCountedAt = $at
WITH model
SET model.shadowCompared = coalesce(model.shadowCompared, 0) + $compared,
    model.shadowSkipped = coalesce(model.shadowSkipped, 0) + $skipped,
    model.shadowOverlap = coalesce(model.shadowOverlap, 0.0) + $overlap,
    model.shadowCorrelation = coalesce(model.shadowCorrelation, 0.0) + $correlation,
    model.shadowSeconds = coalesce(model.shadowSeconds, 0.0) + $seconds
RETURN model.shadowCompared AS compared

"""One of several processes leads, until it ends."""

from pathlib import Path

from service.background.lead import Lead


async def test_one_leads_and_another_follows_it(tmp_path: Path) -> None:
    done: list[str] = []

    async def job() -> None:
        done.append("job")

    one, other = Lead(tmp_path / "lead.lock"), Lead(tmp_path / "lead.lock")
    await one.only(job)()
    await other.only(job)()
    assert (one.holds(), other.holds(), done) == (True, False, ["job"])
    one.release()
    await other.only(job)()
    assert (one.holds(), other.holds(), len(done)) == (False, True, 2)
    other.release()


async def test_who_is_alone_leads() -> None:
    assert Lead().holds()

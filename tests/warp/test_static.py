"""The static site: whole at any moment, only what changed is written, and nobody else's file is touched."""

import fcntl
import gzip
import json
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from feeds import composer, filters, twin
from feeds.catalogue import Index, listed
from feeds.entry import Site, feeds_path
from feeds.filters import Format
from tests.support import NOON
from tests.warp.test_issuing import issue_all, next_version
from tests.warp.test_publication import SITE as SPANISH_TOO
from tests.warp.test_publication import advisory
from warp import drilled, issuing, static, webroot
from warp.advisory import Status, Text
from warp.issuing import Issued, Outlet
from warp.publication import Tree
from warp.site import PAGES
from warp.static import Done
from warp.webroot import CannotPublish

SITE = msgspec.structs.replace(SPANISH_TOO, languages=("en",))
LINK = "{http://www.w3.org/2005/Atom}link"
ENTRY = "{http://www.w3.org/2005/Atom}entry"
LONG = {
    language: Text(title="Phishing", summary=" ".join(["word"] * 1_600), actions=("Warn.",))
    for language in ("en", "es")
}
"""So long that a feed has room for a dozen."""
MANY = 25


def warning(number: int) -> Issued:
    """Give one of many, an hour after the one before."""
    when = NOON + timedelta(hours=number)
    return Issued(
        advisory(f"2026-w47-{number:08d}", sector="energy", texts=LONG, published=when, updated=when)
    )


def in_silence(done: int, of: int) -> None:
    """Tell nobody."""


class Public:
    """A site's data folder and where it is published to."""

    def __init__(self, folder: Path) -> None:
        self.data, self.out = folder / "site", folder / "out"

    def outlet(self, site: Site = SITE) -> Outlet:
        return Outlet(Tree(self.data / "public"), site, Tree(self.data / "entries"))

    def issue(self, *changed: Issued) -> None:
        issuing.issue(self.outlet(), PAGES, changed)

    def publish(self, tell: static.Tell = in_silence) -> Done:
        return static.publish(self.data, self.outlet(), self.out, tell)

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Give what was published, but the ledger: content and time by path."""
        return {
            path: ((self.out / path).read_bytes(), (self.out / path).stat().st_mtime_ns)
            for path in self.paths()
        }

    def paths(self) -> set[str]:
        paths = {str(path.relative_to(self.out)) for path in self.out.rglob("*") if path.is_file()}
        return {path for path in paths if not path.startswith(".")}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Public:
    """A site with more warnings than a feed has room for, published once; to be copied."""
    made = Public(tmp_path_factory.mktemp("published"))
    issue_all(made.outlet(), [warning(number) for number in range(MANY)])
    drilled.publish(made.outlet().tree, SITE, PAGES)
    drilled.add(made.outlet().tree, SITE, PAGES, advisory("drill-2026-w47-00000000", drill=True))
    (made.data / "members" / "en").mkdir(parents=True)
    (made.data / "members" / "en" / "index.html").write_bytes(b"for members")
    made.publish()
    return made


@pytest.fixture
def public(tmp_path: Path, published: Public) -> Public:
    """A copy: its files are other ones, with the same content."""
    for part in ("site", "out"):
        shutil.copytree(published.data.with_name(part), tmp_path / part)
    made = Public(tmp_path)
    assert made.publish().written == []
    return made


def which(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Give what changes when a file is written, or only touched."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {str(path): (each.st_ino, each.st_mtime_ns, each.st_ctime_ns) for path, each in found.items()}


def links(document: bytes, rel: str) -> list[str]:
    """Give the paths that a feed's own links lead to."""
    root = etree.fromstring(document)
    return [
        each.get("href").removeprefix(f"{SITE.url}/") for each in root.findall(LINK) if each.get("rel") == rel
    ]


def test_it_holds_every_public_file_and_every_feed_of_a_single_facet(published: Public) -> None:
    tree = published.data / "public"
    in_tree = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    single = {
        filters.path(each, language, format_)
        for each in filters.single_filters()
        for language in SITE.languages
        for format_ in Format
    }
    single |= {
        f"{feeds_path(language, each.address)}.html"
        for each in filters.single_filters()
        for language in SITE.languages
    }
    archives = {path for path in published.paths() if "/archive/" in path}
    unserved = {"feeds/drills.json"}
    assert in_tree > unserved
    assert published.paths() - archives == (in_tree - unserved) | single | {f"{path}.gz" for path in single}
    assert {path.split("/archive/")[0].split("/", 2)[2] for path in archives} >= {
        "all",
        "country/UY",
        "min/low",
    }
    for path in in_tree - unserved:
        assert (published.out / path).read_bytes() == (tree / path).read_bytes()
        assert (published.out / path).stat().st_mtime_ns == (tree / path).stat().st_mtime_ns


def test_what_the_server_composes_is_the_same_to_the_byte(published: Public) -> None:
    outlet = published.outlet()
    made = composer.Composer(SITE, outlet.tree.read, outlet.store.read, lambda: 0)
    composed = [
        path
        for path in published.paths()
        if path.startswith("feeds/") and not (published.data / "public" / path).exists()
    ]
    assert len(composed) > 500
    for path in (path for path in composed if not path.endswith(".gz")):
        content = (published.out / path).read_bytes()
        expected = made.compose(composer.parse(SITE, path))
        assert content == expected.document, path
        assert gzip.decompress((published.out / f"{path}.gz").read_bytes()) == content, path
        assert (published.out / path).stat().st_mtime == int(expected.updated.timestamp()), path


def test_a_web_server_can_read_it_and_the_ledger_is_nobody_elses(published: Public) -> None:
    for path in published.out.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o755 if path.is_dir() else 0o600 if path.name == webroot.LEDGER else 0o644), path
    assert stat.S_IMODE(published.out.stat().st_mode) == 0o755


def test_nothing_is_written_where_nothing_changed(public: Public) -> None:
    before = which(public.out)
    done = public.publish()
    assert (done.written, done.removed) == ([], [])
    assert which(public.out) == before


def test_one_correction_changes_only_what_it_must(public: Public) -> None:
    last = warning(MANY - 1)
    before = which(public.out)
    public.issue(next_version(last))
    done = public.publish()
    name = last.advisory.id
    index = Index([listed(last.advisory, "")])
    affected = [each for each in filters.single_filters() if len(index.of(each))]
    feeds = {
        filters.path(each, language, format_)
        for each in affected
        for language in SITE.languages
        for format_ in Format
    }
    pages = {
        f"{language}/{page}"
        for language in SITE.languages
        for page in ("index.html", f"advisories/{name}.html")
    }
    pages |= {
        f"{feeds_path(language, each.address)}.html" for each in affected for language in SITE.languages
    }
    twins = {twin.path(name), twin.version_path(name, 1), twin.INDEX_PATH}
    assert set(done.written) == feeds | pages | twins
    assert done.removed == []
    changed = {path for path, stamp in which(public.out).items() if before.get(path) != stamp}
    relative = {str(Path(path).relative_to(public.out)) for path in changed} - {webroot.LEDGER}
    assert relative == set(done.written) | {f"{path}.gz" for path in done.written}


def test_a_withdrawal_changes_the_archive_that_held_it_and_no_other(public: Public) -> None:
    first = warning(0)
    public.issue(next_version(first, status=Status.WITHDRAWN, updated=NOON + timedelta(hours=MANY)))
    done = public.publish()
    names = {path.rpartition("/")[2].partition(".")[0] for path in done.written if "/archive/" in path}
    assert names == {"2026-11-1"}
    for path in (path for path in done.written if "/all/archive/" in path):
        assert b"word word" in (public.out / path.replace("-11-1.", "-11-2.")).read_bytes()
        assert (public.out / path).read_bytes().count(b"[WITHDRAWN]") >= 1


def test_what_is_gone_from_the_site_is_removed_and_nothing_else(public: Public) -> None:
    (public.out / ".well-known").mkdir()
    (public.out / ".well-known" / "security.txt").write_text("Contact: ...")
    (public.out / "robots.txt").write_text("User-agent: *")
    gone = warning(MANY - 1)
    public.issue(Issued(msgspec.structs.replace(gone.advisory, status=Status.DRAFT), gone.earlier))
    done = public.publish()
    name = gone.advisory.id
    assert set(done.removed) == {
        twin.path(name),
        *(f"{each}/advisories/{name}.html" for each in SITE.languages),
    }
    assert not [path for path in public.paths() if name in path]
    assert (public.out / ".well-known" / "security.txt").exists()
    assert (public.out / "robots.txt").exists()


@pytest.mark.slow
def test_a_language_that_the_site_gives_up_goes_with_its_archives(tmp_path: Path) -> None:
    public = Public(tmp_path)
    issue_all(public.outlet(SPANISH_TOO), [warning(number) for number in range(MANY)])
    static.publish(public.data, public.outlet(SPANISH_TOO), public.out, in_silence)
    assert any(path.startswith("feeds/es/all/archive/") for path in public.paths())
    for folder in ("es", "feeds/es"):
        shutil.rmtree(public.data / "public" / folder)
    public.publish()
    assert not [path for path in public.paths() if "es" in path.split("/")[:2]]
    assert (public.out / "feeds/en/all/archive/2026-11-1.atom").exists()
    assert not (public.out / "feeds" / "es").exists()


def test_archives_lead_from_the_feed_to_the_first_warning(published: Public) -> None:
    for feed in ("feeds/en/all.atom", "feeds/en/country/UY.atom"):
        path, seen, walked = feed, set(), 0
        while path:
            document = (published.out / path).read_bytes()
            seen |= set(re.findall(rb"advisory/(2026-w47-[0-9]{8})<", document))
            path = next(iter(links(document, "prev-archive")), "")
            walked += 1
        assert seen == {warning(number).advisory.id.encode() for number in range(MANY)}
        assert walked > 2


def test_there_are_archives_of_those_feeds_alone_that_lead_to_them(published: Public) -> None:
    for path in published.paths():
        match = re.fullmatch(r"(feeds/en/.*)/archive/[^/]*[.]atom", path)
        if match:
            assert links((published.out / f"{match[1]}.atom").read_bytes(), "prev-archive")


def test_a_file_that_was_lost_or_emptied_is_written_again(public: Public) -> None:
    lost = {
        "en/index.html",
        "feeds/en/all.atom.gz",
        "feeds/en/all/archive/2026-11-1.rss",
        "v1/advisories/index.json",
    }
    expected = public.files()
    for path in lost:
        (public.out / path).unlink()
    (public.out / "feeds/en/min/low.json").write_bytes(b"")
    done = public.publish()
    assert set(done.written) == {path.removesuffix(".gz") for path in lost} | {"feeds/en/min/low.json"}
    assert public.files() == expected


def test_a_folder_with_anything_else_in_it_is_refused(tmp_path: Path, published: Public) -> None:
    foreign = tmp_path / "www"
    foreign.mkdir()
    (foreign / "index.html").write_text("somebody's")
    with pytest.raises(CannotPublish, match="has not written"):
        static.publish(published.data, published.outlet(), foreign, in_silence)
    assert [path.name for path in foreign.iterdir()] == ["index.html"]


def test_a_file_of_somebody_elses_is_not_replaced(public: Public) -> None:
    new = warning(MANY)
    theirs = public.out / "en" / "advisories" / f"{new.advisory.id}.html"
    theirs.write_text("somebody's")
    public.issue(new)
    with pytest.raises(CannotPublish, match="somebody else's"):
        public.publish()
    assert theirs.read_text() == "somebody's"


@pytest.mark.parametrize("where", ["site", "site/public", "."])
def test_a_folder_in_or_around_the_sites_own_is_refused(public: Public, where: str) -> None:
    with pytest.raises(CannotPublish, match="apart"):
        static.publish(public.data, public.outlet(), public.data.parent / where, in_silence)


def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path, public: Public) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.move(public.out / "en", elsewhere)
    (public.out / "en").symlink_to(elsewhere)
    before = which(elsewhere)
    public.issue(next_version(warning(0)))
    with pytest.raises(CannotPublish, match="no folder"):
        public.publish()
    assert which(elsewhere) == before


def test_a_link_in_a_files_place_is_replaced_and_what_it_leads_to_stays(
    tmp_path: Path, public: Public
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("keep")
    page = public.out / "en" / "index.html"
    page.unlink()
    page.symlink_to(secret)
    public.publish()
    assert not page.is_symlink()
    assert secret.read_text() == "keep"


def test_links_in_the_public_tree_are_not_followed(tmp_path: Path, public: Public) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for everybody")
    (public.data / "public" / "en" / "advisories" / "a-link.html").symlink_to(secret)
    public.publish()
    assert "en/advisories/a-link.html" not in public.paths()


def test_two_runs_are_kept_apart(public: Public) -> None:
    with webroot.opened(public.out), pytest.raises(CannotPublish, match="another run"):
        public.publish()


def test_a_site_without_a_catalogue_has_nothing_to_publish(tmp_path: Path) -> None:
    empty = Public(tmp_path)
    empty.data.mkdir()
    with pytest.raises(CannotPublish, match="nothing yet"):
        empty.publish()


def test_the_site_is_not_locked_while_files_are_written(public: Public) -> None:
    told: list[int] = []

    def tell(done: int, of: int) -> None:
        with (public.data / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told.append(of - done)

    public.issue(next_version(warning(0)))
    public.publish(tell)
    assert len(told) > 10
    assert told[-1] == 0


def test_what_is_published_meanwhile_is_in_it_too(public: Public) -> None:
    late = warning(MANY + 1)

    def tell(done: int, of: int) -> None:
        if done == 3 and not (public.data / "public" / twin.path(late.advisory.id)).exists():
            public.issue(late)

    public.issue(warning(MANY))
    done = public.publish(tell)
    assert {twin.path(warning(number).advisory.id) for number in (MANY, MANY + 1)} <= set(done.written)
    assert_as_published_at_once(public)


def assert_as_published_at_once(public: Public) -> None:
    found = public.files()
    shutil.rmtree(public.out)
    public.publish()
    assert found == public.files()


@pytest.mark.slow
def test_a_site_that_changes_without_end_is_kept_locked_at_last(public: Public) -> None:
    public.issue(next_version(warning(0)))
    held: list[bool] = []
    last = [warning(1)]

    def tell(done: int, of: int) -> None:
        if done != 1:
            return
        with (public.data / "lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
                return
            last.append(next_version(last[-1]))
            public.issue(last[-1])

    public.publish(tell)
    assert held
    assert_as_published_at_once(public)


def looked_at(public: Public) -> str:
    """Give what a reader finds who follows the feed of everything, or nothing."""
    document = (public.out / "feeds/en/all.atom").read_bytes()
    newest = etree.fromstring(document).find(ENTRY)
    page = newest.find(LINK).get("href").removeprefix(f"{SITE.url}/")
    assert gzip.decompress((public.out / "feeds/en/all.atom.gz").read_bytes()).endswith(b"</feed>\n")
    assert (public.out / f"{page}.html").read_bytes().rstrip().endswith(b"</html>")
    name = page.rpartition("/")[2]
    assert twin.read((public.out / twin.path(name)).read_bytes()).id == name
    [previous] = links(document, "prev-archive")
    assert etree.fromstring((public.out / previous).read_bytes()).find(ENTRY) is not None
    listed = json.loads((public.out / twin.INDEX_PATH).read_bytes())["advisories"]
    for each in listed:
        assert (public.out / twin.path(each["name"])).exists()
    return name


def test_a_reader_never_finds_a_link_to_what_is_not_there(public: Public) -> None:
    found: list[str] = []
    stop = threading.Event()

    def poll() -> None:
        while not stop.is_set():
            found.append(looked_at(public))

    with ThreadPoolExecutor() as threads:
        reader = threads.submit(poll)
        for number in range(MANY, MANY + 6):
            public.issue(warning(number))
            public.publish()
        stop.set()
        reader.result()
    assert len(set(found)) > 2, "the reader saw it change"


def test_each_file_is_written_after_what_it_leads_to(public: Public) -> None:
    public.issue(*(warning(number) for number in range(MANY, MANY + 6)))
    written = public.publish().written
    turn = {path: position for position, path in enumerate(written)}
    name = warning(MANY).advisory.id
    archives = [at for path, at in turn.items() if "/archive/" in path]
    feeds = [at for path, at in turn.items() if path.startswith("feeds/") and "/archive/" not in path]
    fronts = [turn[f"{language}/index.html"] for language in SITE.languages]
    assert archives
    assert max(turn[twin.path(name)], turn[f"en/advisories/{name}.html"]) < min(archives)
    assert max(archives) < min(feeds)
    assert max(feeds) < min(fronts)
    assert written[-1] == twin.INDEX_PATH


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.warp.test_static import Public

def tell(done, of):
    if done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

Public(Path(sys.argv[1])).publish(tell)
"""


def killed(public: Public, at: int) -> None:
    """Publish in a process that is killed before its change of that number."""
    command = [sys.executable, "-c", KILLED, str(public.out.parent), str(at)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL


def assert_a_killed_run_is_mended(public: Public, at: int) -> None:
    later = NOON + timedelta(hours=MANY + 1)
    withdrawn = next_version(warning(1), status=Status.WITHDRAWN, updated=later)
    public.issue(warning(MANY), withdrawn)
    before = public.files()
    killed(public, at)
    partly = public.files()
    public.publish()
    after = public.files()
    assert any(partly[path] != content for path, content in before.items() if path in partly)
    for path, content in partly.items():
        assert content in (before.get(path), after[path]), path
    looked_at(public)
    assert_as_published_at_once(public)


def test_a_run_that_is_killed_leaves_whole_files_and_the_next_one_mends_it(public: Public) -> None:
    assert_a_killed_run_is_mended(public, 30)


@pytest.mark.slow
@pytest.mark.parametrize("at", random.Random(7).sample(range(3, 60), 8))
def test_whenever_a_run_is_killed_the_next_one_mends_it(public: Public, at: int) -> None:
    assert_a_killed_run_is_mended(public, at)


def test_a_file_half_written_by_a_killed_run_goes(public: Public) -> None:
    (public.out / ".warp-partial").write_bytes(b"half")
    public.issue(warning(MANY))
    public.publish()
    assert not (public.out / ".warp-partial").exists()


def test_a_damaged_ledger_is_refused(public: Public) -> None:
    (public.out / webroot.LEDGER).write_bytes(b"{")
    with pytest.raises(CannotPublish, match="damaged"):
        public.publish()


def test_the_ledger_tells_no_time_of_writing(public: Public) -> None:
    ledger = (public.out / webroot.LEDGER).read_text()
    for path in (public.data / "public").rglob("*"):
        assert str(path.stat().st_ctime_ns)[:10] not in ledger

"""`switchdrill init`: a repository whose every open question stands on its line, and is asked once."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from switchdrill import yamlfile
from switchdrill.beginning.choice import Choice
from switchdrill.beginning.drawing import Drawing
from switchdrill.beginning.groups import groups
from switchdrill.beginning.promises import promised
from switchdrill.beginning.sketch import Sketch
from switchdrill.beginning.trade import trade_of
from switchdrill.beginning.writing import written
from switchdrill.containers.found import Attached, Found
from switchdrill.platform.model import Platform
from switchdrill.runbook.lint import lint
from switchdrill.runbook.model import Runbook

from .test_run_command import switchdrill

ROOT = Path(__file__).parent.parent.parent


def box(
    name: str,
    image: str = "debian",
    *,
    joined: str = "",
    ports: tuple[int, ...] = (),
    health: str = "",
    labels: Mapping[str, str] | None = None,
    command: str = "",
    folders: tuple[str, ...] = (),
) -> Found:
    """A container as an engine tells it; `joined` is `network=address,...`, with `!` behind a fixed one."""
    ways = [way.partition("=") for way in joined.split(",") if way]
    return Found(
        name=name, id=name, state="running", pid=1, started="", exit_code=0, image=image, image_id="",
        labels=labels or {}, command=command, ports=ports, health=health,
        folders=frozenset(folders),
        networks=tuple(
            Attached(network=net, address=at.rstrip("!"), is_fixed=at.endswith("!"), aliases=())
            for net, _is, at in ways
        ),
    )  # fmt: skip


def drawn(*seen: Found) -> Sketch:
    return Drawing(seen, engine="").sketch()


def platform(sketch: Sketch) -> Platform:
    return yamlfile.parse(written(sketch, origin="a test"), Platform, where="platform.yaml")


def composed(project: str, service: str) -> dict[str, str]:
    return {"com.docker.compose.project": project, "com.docker.compose.service": service}


def test_a_new_repository_has_all_that_a_drill_needs_and_asks_each_question_once(tmp_path: Path) -> None:
    code, said = switchdrill(tmp_path, "init", "mine")

    assert 0 == code, said
    begun = tmp_path / "mine"
    names = {
        "README.md", "KEYS.md", "PLATFORM.md", "platform.yaml", "drills/test_site_loss.py", "runbooks/site-loss.yaml",
        ".gitignore", ".gitlab-ci.yml", ".github/workflows/drills.yml", "pytest.ini", "requirements.txt",
    }  # fmt: skip
    assert names == {str(path.relative_to(begun)) for path in begun.rglob("*") if path.is_file()}
    text = (tmp_path / "mine" / "platform.yaml").read_text()
    asked = {number for number, line in enumerate(text.splitlines(), 1) if "# decide:" in line}
    code, said = switchdrill(tmp_path, "lint", "mine/platform.yaml")
    told = [int(each) for each in re.findall(r"^P\d\d mine/platform.yaml:(\d+) ", said, re.MULTILINE)]
    commands = 1 + text[: text.index("\ncommands:") + 1].count("\n")
    assert (1, asked) == (code, set(told))
    # Three commands are missing there, and each is named; without a ledger a fence is only noted.
    assert sorted(told) == sorted([*asked, *[commands] * 2])


def test_what_its_comments_refer_to_is_there(tmp_path: Path) -> None:
    switchdrill(tmp_path, "init", "mine")
    page = (tmp_path / "mine" / "PLATFORM.md").read_text(encoding="utf-8")
    text = (tmp_path / "mine" / "platform.yaml").read_text(encoding="utf-8")

    assert ["Your own HLS stream", "Commands"] == re.findall(r"PLATFORM.md, ([\w ]+)", text)
    assert {"Your own HLS stream", "Commands"} <= set(re.findall(r"^## (.*)$", page, re.MULTILINE))
    for language in ("en", "zh"):
        readme = (ROOT / "switchdrill" / "beginning" / "files" / f"README.{language}.md").read_text(encoding="utf-8")
        assert "| `PLATFORM.md` |" in readme
        assert "| `KEYS.md` |" in readme


def test_its_runbook_and_its_platform_fit_and_only_a_person_is_waited_for(tmp_path: Path) -> None:
    switchdrill(tmp_path, "init", "mine")
    book = tmp_path / "mine" / "runbooks" / "site-loss.yaml"
    lines = book.read_text(encoding="utf-8").splitlines()
    asked = [number for number, line in enumerate(lines, 1) if "# decide:" in line]

    code, said = switchdrill(tmp_path / "mine", "lint", "runbooks/site-loss.yaml", "--platform", "platform.yaml")

    assert 1 == code, said
    told = re.findall(r"^(\w+) runbooks/site-loss.yaml:(\d+) decide: ", said, re.MULTILINE)
    assert [("L01", str(number)) for number in asked] == told
    assert len(told) == len(re.findall(r"^[LP]\d\d ", said, re.MULTILINE)), said
    book.write_text("\n".join(line.partition("  # decide:")[0] for line in lines) + "\n", encoding="utf-8")
    code, said = switchdrill(tmp_path / "mine", "lint", "runbooks/site-loss.yaml", "--platform", "platform.yaml")
    assert (0, True) == (code, "fine: " in said), said


def test_what_it_shows_of_a_ledger_fits_on_both_sides(tmp_path: Path) -> None:
    """Whoever takes the marks of comments away has a platform that writes what the runbook counts."""
    switchdrill(tmp_path, "init", "mine")
    book, file = tmp_path / "mine" / "runbooks" / "site-loss.yaml", tmp_path / "mine" / "platform.yaml"
    text = re.sub(r"data: \{\}.*\n#", "data:\n", book.read_text(encoding="utf-8"))
    drawn_up = re.sub(r"ledgers: \{\}.*\n#", "ledgers:\n", file.read_text(encoding="utf-8"))
    probe = re.search(r"^#  in `probes`: (.*)$", drawn_up, re.MULTILINE)
    assert probe is not None
    drawn_up = drawn_up.replace("probes:\n", f"probes:\n  {probe[1]}\n", 1)

    runbook = yamlfile.parse(text, Runbook, where="runbook.yaml")
    read = yamlfile.parse(drawn_up, Platform, where="platform.yaml")
    assert ({"gifts"}, {"gifts"}) == (set(runbook.data), set(read.ledgers))
    assert [] == lint(runbook, read)


def test_its_drill_is_refused_by_the_file_alone_until_a_person_allows_it(tmp_path: Path) -> None:
    switchdrill(tmp_path, "init", "mine")
    platform = tmp_path / "mine" / "platform.yaml"
    platform.write_text(platform.read_text().replace("commands: {}", "commands: {failback: [/bin/true]}"))
    code, said = switchdrill(tmp_path / "mine", "run", "drills", "--platform", "platform.yaml")

    assert 3 == code, said
    assert "inject: false" in said


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        code, said = switchdrill(tmp_path, "init", name)
        assert (3, "Traceback" in said) == (code, False), said
    (tmp_path / "cloned" / ".git").mkdir(parents=True)

    assert ["mine.txt"] == [path.name for path in (tmp_path / "full").iterdir()]
    assert 0 == switchdrill(tmp_path, "init", "cloned")[0]
    assert 3 == switchdrill(tmp_path, "init", "cloned")[0]


def test_it_speaks_the_language_of_who_begins(tmp_path: Path) -> None:
    code, said = switchdrill(tmp_path, "init", "mine", SWITCHDRILL_LANG="zh")

    assert 0 == code, said
    assert "演练" in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert 'title: "我的直播平台"' in (tmp_path / "mine" / "platform.yaml").read_text(encoding="utf-8")
    assert re.search("# decide: .*[一-龥]", (tmp_path / "mine" / "platform.yaml").read_text(encoding="utf-8"))


def test_sites_are_told_by_labels_before_all_else() -> None:
    sketch = drawn(
        box("x1", labels={"switchdrill.site": "jinan", "switchdrill.service": "web"}, joined="n=10.0.0.2!"),
        box("x2", labels={"switchdrill.site": "qingdao"}, joined="n=10.0.0.3!"),
        box("x3"),
    )

    assert ["jinan", "qingdao"] == [site.name for site in sketch.sites]
    assert ["jinan.web", "qingdao.x2", "x3"] == [service.name for service in sketch.services]
    assert [True, True, False] == [service.is_told for service in sketch.services]


@pytest.mark.parametrize(
    ("names", "sites"),
    [
        (["a-web", "b-web", "a-db", "b-db", "dns"], ["a", "b"]),
        (["web1", "web2", "db1", "db2", "front"], ["s1", "s2"]),
        (["shop-standby-web", "shop-primary-web", "lb"], ["primary", "standby"]),
        (["jinan-web", "qingdao-web", "jinan-db", "qingdao-db"], ["jinan", "qingdao"]),
        (["web", "db", "cache"], ["a", "b"]),
    ],
)
def test_sites_are_guessed_from_what_names_have_in_common(names: list[str], sites: list[str]) -> None:
    images = {"web": "nginx", "db": "postgres:15", "lb": "haproxy", "front": "haproxy", "cache": "redis"}
    seen = [box(name, next((images[word] for word in images if word in name), "debian")) for name in names]

    assert sites == [site.name for site in drawn(*seen).sites]


def test_sites_are_guessed_from_networks_where_names_tell_nothing() -> None:
    sketch = drawn(
        box("fox", "nginx", joined="north=10.1.0.2"), box("owl", "postgres", joined="north=10.1.0.3"),
        box("elk", "nginx", joined="south=10.2.0.2"), box("bee", "postgres", joined="south=10.2.0.3"),
        box("sun", "haproxy", joined="north=10.1.0.9,south=10.2.0.9"),
    )  # fmt: skip

    assert ["north", "south"] == [site.name for site in sketch.sites]
    assert "sun" in [service.name for service in sketch.services if not service.site]


def test_one_haproxy_in_front_of_all_is_the_only_entry_and_answers_by_header() -> None:
    sketch = drawn(
        box("lb", "haproxytech/haproxy-debian:2.8", joined="n=10.0.0.9!", ports=(80, 8404)),
        *(
            box(f"{kind}{number}", image, joined=f"n=10.0.0.{number}{index}!", ports=(port,), health=health)
            for number in (1, 2)
            for index, (kind, image, port, health) in enumerate(
                [("web", "nginx:1.25", 8088, "CMD curl -f http://localhost:8088/up"), ("cache", "redis:7", 6379, "")]
            )
        ),
    )
    read = platform(sketch)

    example = (ROOT / "drills" / "runbooks" / "two-site.yaml").read_text(encoding="utf-8")
    assert [] == lint(yamlfile.parse(promised(example), Runbook, where="runbook.yaml"), read)
    assert ("header", "X-Served-By", "10.0.0.9") == (read.served_by, read.served_header, read.operators["all"].address)
    assert {"s1": ["s1"], "s2": ["s2"]} == {name: site.serves_as for name, site in read.sites.items()}
    assert (80, 8088) == (read.entries["live"].port, next(each.port for each in read.probes if each.name == "watch"))
    assert "/up" == next(each.path for each in read.probes if each.name == "ready")
    assert ["lb--s1.web", "lb--s2.web", "s1.cache--s2.cache", "s2.cache--s1.cache"] == sorted(
        link.name for link in read.links
    )
    assert "http://10.0.0.10:8088/up" == next(
        each.ready.http for each in read.services if each.name == "s1.web" and each.ready
    )


def test_services_of_one_compose_project_are_mapped_by_compose_and_others_by_name() -> None:
    one = [box("p-web-1", labels=composed("p", "web")), box("p-db-1", labels=composed("p", "db")), box("extra")]
    twice = [box(f"p-web-{number}", labels=composed("p", "web")) for number in (1, 2)]

    assert [("compose", "web"), ("compose", "db"), ("name", "extra")] == [
        each.container for each in drawn(*one).services
    ]
    assert [("name", "p-web-1"), ("name", "p-web-2")] == [each.container for each in drawn(*twice).services]
    assert ["web", "web-2"] == [each.name for each in drawn(*twice).services]


def test_a_site_that_meets_no_viewers_beside_two_that_do_is_the_witness() -> None:
    sketch = drawn(
        *(box(f"web-{site}", "nginx", joined=f"n=10.0.0.{n}!") for n, site in ((2, "east"), (3, "west"))),
        *(box(f"sentinel-{site}", "redis-sentinel", joined=f"n=10.0.0.{n}!")
          for n, site in ((4, "east"), (5, "west"), (6, "third"))),
    )  # fmt: skip

    assert {"east": "primary", "west": "standby", "third": "witness"} == {site.name: site.role for site in sketch.sites}


def test_several_compose_projects_are_asked_about_and_are_sites_when_they_are_alike() -> None:
    names = [(project, service) for project in ("jinan", "qingdao") for service in ("web", "db")]
    those = [box(f"{project}-{service}-1", labels=composed(project, service)) for project, service in names]
    others = [box("p-web-1", labels=composed("p", "web")), box("q-db-1", labels=composed("q", "db"))]
    alike, other = drawn(*those), drawn(*others)

    assert ["jinan.web", "jinan.db", "qingdao.web", "qingdao.db"] == [each.name for each in alike.services]
    alike.groups, other.groups = Choice().doubts(those), Choice().doubts(others)
    assert "# decide: is it one platform?" in written(alike, origin="a test")
    assert (
        "These look like several, and `init` takes one by its option: --project p (web); --project q (db)"
        in written(other, origin="a test")
    )


def test_whoever_has_said_which_containers_are_meant_is_not_asked_whether_they_are_one_platform() -> None:
    seen = [box("tv-web", joined="t=1"), box("tv-db", joined="u=2"), box("p-web-1", labels=composed("p", "web"))]

    assert 3 == len(Choice().doubts(seen))
    for choice in (Choice(names=("tv-",)), Choice(projects=("p",)), Choice(projects=("p",), names=("tv-",))):
        assert [] == choice.doubts(choice.of(seen))


@pytest.mark.parametrize(
    ("seen", "options"),
    [
        ([box("tv-web", joined="t=1"), box("tv-db", joined="t=2"), box("wiki", joined="w=3")],
         ["--name tv-", "--name wiki"]),
        ([box("web", joined="t=1"), box("db", joined="t=2"), box("web-1", joined="b=3"), box("web-2", joined="b=4")],
         ["--name web --name db", "--name web-"]),
        # A container between two networks is of both, and so are both.
        ([box("a-web", joined="a=1"), box("b-web", joined="b=2"), box("dns", joined="a=3,b=4")],
         ["--name a-web --name b-web --name dns"]),
        # Who is in nobody's network can be anybody's: these stand together.
        ([box("one", joined="bridge=1"), box("two", joined="bridge=2"), box("three", joined="host=")],
         ["--name one --name two --name three"]),
        ([box("one", joined="bridge=1"), box("p-web-1", labels=composed("p", "web")), box("tv-web", joined="t=2")],
         ["--name one", "--project p", "--name tv-web"]),
        # Who has no network belongs to those who see its folder, whatever both see of the machine.
        ([box("tv-enc", joined="none=", folders=("/srv/hls", "/etc/localtime")), box("wiki", joined="w=1"),
          box("tv-web", joined="t=2", folders=("/srv/hls",)), box("db", joined="d=3", folders=("/etc/localtime",))],
         ["--name db", "--name tv-", "--name wiki"]),
        ([box("p-web-1", labels=composed("p", "web"), folders=("/v/hls",)),
          box("enc", joined="none=", folders=("/v/hls",))],
         ["--project p --name enc"]),
        # With a network of its own, a folder says nothing; nor does one that nobody else sees.
        ([box("one", joined="a=1", folders=("/srv",)), box("two", joined="b=2", folders=("/srv",)),
          box("odd", joined="none=", folders=("/mine",))],
         ["--name odd", "--name one", "--name two"]),
    ],
)  # fmt: skip
def test_containers_that_share_no_network_look_like_several_platforms_and_each_is_told_by_its_option(
    seen: list[Found], options: list[str]
) -> None:
    found = groups(seen)

    assert options == [each.option for each in found]
    for each in found:
        asked = list(pairwise(each.option.split()))
        choice = Choice(
            projects=tuple(what for option, what in asked if option == "--project"),
            names=tuple(what for option, what in asked if option == "--name"),
        )
        assert (each.option, list(each.members)) == (choice.says(), [one.called for one in choice.of(seen)])


def test_a_platform_whose_containers_are_called_alike_is_called_so() -> None:

    assert ("tv", "tv") == (drawn(box("tv-a-web"), box("tv-b-web")).id, drawn(box("tv-a-web"), box("tv-b-web")).title)
    assert "my-platform" == drawn(box("web1"), box("web2")).id


def test_what_nothing_tells_is_left_empty_for_a_person_and_asked() -> None:
    text = written(drawn(box("web", "nginx")), origin="a test")

    with pytest.raises(yamlfile.Unfit) as refused:
        yamlfile.parse(text, Platform, where="platform.yaml")
    lines = text.splitlines()
    assert {"    address:"} <= {lines[wrong.line - 1].partition("#")[0].rstrip() for wrong in refused.value.wrongs}
    assert all("# decide:" in lines[wrong.line - 1] for wrong in refused.value.wrongs), refused.value


def test_names_that_yaml_would_read_as_something_else_stay_names() -> None:
    seen = [box(f"{name}-web", labels={"switchdrill.site": name}, joined="n=10.0.0.1!") for name in ("no", "1", "a b")]

    assert ["a-b", "no", "s1"] == sorted(site.name for site in drawn(*seen).sites)
    text = written(drawn(*seen[:1], box("a-b")), origin="a test")
    assert '  "no":' in text


@pytest.mark.parametrize(
    ("seen", "name", "kind"),
    [
        (box("x", "registry.example:5000/team/haproxy:2.8"), "haproxy", "front"),
        (box("x", "ossrs/srs:5"), "srs", "media"),
        (box("x", "alfg/nginx-rtmp"), "nginx-rtmp", "media"),
        (box("x", "bitnami/redis-sentinel:7"), "sentinel", "other"),
        (box("x", "sha256:0123", command="docker-entrypoint.sh postgres"), "postgres", "store"),
        (box("shop-redis-2", "sha256:0123"), "redis", "store"),
        (box("x", "team/thing", ports=(5432,)), "postgres", "store"),
        (box("x", "team/thing", ports=(8080,)), "", "app"),
        (box("x", "team/thing"), "", "other"),
    ],
)
def test_well_known_servers_are_known_by_image_command_name_or_port(seen: Found, name: str, kind: str) -> None:

    assert (name, kind) == (trade_of(seen).name, trade_of(seen).kind)

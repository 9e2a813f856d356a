import string
from pathlib import Path

import pytest
from cordillera.cluster import (
    ClusterFileError,
    LocalBackend,
    LocalSpec,
    QueueBackend,
    QueueSpec,
    SchedulerSpec,
    SerialBackend,
    SerialSpec,
    SshSpec,
    backend,
    cluster_from_text,
    read_cluster,
)
from hypothesis import given
from hypothesis import strategies as st

FIVE_LINES = """
kind = "slurm"
queue = "normal"
account = "macro"
workers = 64
walltime = "02:00:00"
"""
KEYS = [
    "kind",
    "workers",
    "walltime",
    "queue",
    "account",
    "cores",
    "memory",
    "driver_walltime",
    "patience",
    "directives",
    "interface",
    "local_directory",
    "shared_directory",
    "insecure",
    "address",
    "tls_key",
    "hosts",
    "user",
    "port",
    "remote_python",
    "other",
]


def test_five_lines_are_a_cluster() -> None:
    assert cluster_from_text(FIVE_LINES) == QueueSpec(
        kind="slurm",
        workers=64,
        cores=1,
        memory=2 * 10**9,
        walltime=7200,
        driver_memory=2 * 10**9,
        driver_walltime=7200,
        patience=86400,
        queue="normal",
        account="macro",
    )


def test_a_file_may_name_this_machine_or_this_process(tmp_path: Path) -> None:
    assert cluster_from_text('kind = "local"\nworkers = 3') == LocalSpec(3)
    assert cluster_from_text('kind = "serial"') == SerialSpec()
    path = tmp_path / "here.toml"
    path.write_text('kind = "local"\nworkers = 3')
    assert backend(str(path)) == LocalBackend(3)
    assert backend(str(path), 5) == LocalBackend(5)
    path.write_text('kind = "serial"')
    assert backend(str(path)) == SerialBackend()


def test_a_number_of_workers_on_the_command_line_goes_before_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "queue.toml"
    path.write_text(FIVE_LINES + "cores = 8\n")
    place = backend(str(path), 2)
    assert isinstance(place, QueueBackend)
    assert (place.name, place.spec.workers, place.spec.cores) == ("slurm", 2, 2)


def test_all_faults_are_told_at_once_each_with_its_key_and_what_is_allowed() -> None:
    text = """
kind = "slurm"
worker = 4
walltime = "2:00"
queue = "a b"
memory = "3"
local_directory = "scratch"
insecure = "yes"
directives = ["--wrap=rm", "--qos=long"]
"""
    with pytest.raises(ClusterFileError) as told:
        cluster_from_text(text, "here.toml")
    words = str(told.value)
    assert "here.toml: 8 faults" in words
    for part in (
        "workers: is missing",
        "Did you mean 'workers'?",
        "walltime: '2:00' is not a time; write HH:MM:SS",
        "queue: 'a b' is not a name",
        "one of MB, GB, TB",
        "local_directory: 'scratch' is not an absolute path",
        "insecure: 'yes' is not allowed",
        "'--wrap=rm' may not be given here. Allowed as --name=value",
    ):
        assert part in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "kind: is missing. Allowed: serial, local, scheduler, ssh, slurm, pbs, sge, lsf"),
        ('kind = "slrum"', "Did you mean 'slurm'?"),
        ("kind = 3", "unknown kind 3"),
        ("kind = ", "is not TOML"),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ('kind = "local"\nworkers = 0', "workers: 0 is not allowed"),
    ],
)
def test_a_file_that_is_no_cluster_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ClusterFileError, match=words.replace("?", r"\?")):
        cluster_from_text(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterFileError, match=r"nowhere\.toml.*\n.*there is no such file"):
        read_cluster(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("kind", "directive"),
    [
        ("slurm", "--export=ALL,LD_PRELOAD=x"),
        ("slurm", "--output=/etc/passwd"),
        ("slurm", "--wrap=reboot"),
        ("slurm", "--qos=a --wrap=b"),
        ("slurm", "--qos=a\nreboot"),
        ("slurm", '--comment="a"'),
        ("slurm", "--chdir=/"),
        ("slurm", "-A other"),
        ("pbs", "-v A=B"),
        ("pbs", "-l select=1\nreboot"),
        ("pbs", "-l a -o b"),
        ("sge", "-S /bin/evil"),
        ("lsf", "-E reboot"),
        ("lsf", "-R $(reboot)"),
    ],
)
def test_an_option_that_could_run_or_write_something_is_refused(kind: str, directive: str) -> None:
    with pytest.raises(ClusterFileError, match="may not be given here"):
        cluster_from_text(f'kind = "{kind}"\nworkers = 1\nwalltime = "01:00:00"\ndirectives = [{quoted(directive)}]')


@pytest.mark.parametrize(
    ("kind", "directive"),
    [
        ("slurm", "--constraint=[rack1|rack2]"),
        ("slurm", "--exclusive"),
        ("pbs", "-l place=scatter:excl"),
        ("sge", "-pe smp 4"),
        ("lsf", "-R select[mem>1000]"),
    ],
)
def test_an_option_that_chooses_machines_is_taken(kind: str, directive: str) -> None:
    spec = cluster_from_text(f'kind = "{kind}"\nworkers = 1\nwalltime = "01:00:00"\ndirectives = ["{directive}"]')
    assert isinstance(spec, QueueSpec)
    assert spec.directives == (directive,)


def quoted(text: str) -> str:
    """A basic string of TOML."""
    return '"' + "".join(c if c in string.ascii_letters + string.digits else f"\\U{ord(c):08x}" for c in text) + '"'


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(quoted)
values = st.one_of(
    texts,
    st.sampled_from(
        [
            '"slurm"',
            '"scheduler"',
            '"ssh"',
            '["node1", "node2"]',
            '"tls://a:1"',
            '"pbs"',
            '"lsf"',
            '"local"',
            '"01:00:00"',
            '"2 GB"',
            '"/scratch"',
            '["--exclusive"]',
        ]
    ),
    st.integers().map(str),
    st.floats().map(lambda number: str(number).replace("e+", "e")),
    st.sampled_from(["true", "[]", "{}", "1979-05-27", "[[1]]", "inf"]),
    st.lists(texts, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)


@given(st.dictionaries(st.sampled_from(KEYS), values))
def test_any_table_is_a_value_or_faults_in_words(table: dict[str, str]) -> None:
    text = "\n".join(f"{key} = {value}" for key, value in table.items())
    try:
        spec = cluster_from_text(text)
    except ClusterFileError as error:
        assert error.faults
        return
    assert isinstance(spec, QueueSpec | LocalSpec | SerialSpec | SchedulerSpec | SshSpec)


@given(st.text(max_size=200))
def test_any_text_is_a_value_or_faults_in_words(text: str) -> None:
    with pytest.raises(ClusterFileError):
        cluster_from_text(text)


@given(st.dictionaries(st.sampled_from(["queue", "account", "interface", "local_directory"]), texts))
def test_no_name_that_is_taken_can_end_a_line_or_an_argument(table: dict[str, str]) -> None:
    text = FIVE_LINES.replace("queue", "#").replace("account", "#")
    try:
        spec = cluster_from_text(text + "\n".join(f"{key} = {value}" for key, value in table.items()))
    except ClusterFileError:
        return
    assert isinstance(spec, QueueSpec)
    for name in (spec.queue, spec.account, spec.interface):
        assert name is None or not set(name) & set(" \t\n\r'\"`$;&|<>()\\#")
    assert "\n" not in (spec.local_directory or "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('hosts = ["-oProxyCommand=reboot"]', "a host is a name or an address"),
        ('hosts = ["node1 reboot"]', "a host is a name or an address"),
        ('hosts = ["ana@node1"]', "'user' and 'port' apart"),
        ('hosts = ["a", "a"]', "stands here twice; give it more 'workers'"),
        ("hosts = []", "hosts"),
        ('hosts = ["a"]\nworkers = { b = 2 }', "'b' is not among 'hosts'"),
        ('hosts = ["a"]\nworkers = { a = 0 }', "a host has 1 to 1024 workers"),
        ('hosts = ["a"]\nuser = "-x"', "is not a user"),
        ('hosts = ["a"]\nport = 0', "port"),
        ('hosts = ["a"]\nremote_python = "python; reboot"', "begin with / or ~/"),
        ('hosts = ["a"]\nremote_python = "/usr/bin/python $(reboot)"', "begin with / or ~/"),
        ('hosts = ["a"]\nidentity_file = "key"', "is not an absolute path"),
        ('hosts = ["a"]\ncores = 4', "cores"),
    ],
)
def test_what_could_make_ssh_or_a_shell_do_something_else_is_refused(line: str, words: str) -> None:
    with pytest.raises(ClusterFileError) as told:
        cluster_from_text(f'kind = "ssh"\n{line}')
    assert words in str(told.value)


@given(st.lists(texts, min_size=1, max_size=3), texts, texts)
def test_no_host_or_interpreter_that_is_taken_is_an_option_or_holds_what_a_shell_reads(
    names: list[str], user: str, program: str
) -> None:
    try:
        spec = cluster_from_text(
            f'kind = "ssh"\nhosts = [{", ".join(names)}]\nuser = {user}\nremote_python = {program}'
        )
    except ClusterFileError:
        return
    assert isinstance(spec, SshSpec)
    for word in (*(host.name for host in spec.hosts), spec.user or "", (spec.remote_python or "").removeprefix("~")):
        assert not word.startswith("-")
        assert not set(word) & set(" \t\n\r'\"`$;&|<>()\\#*?[]{}!~")

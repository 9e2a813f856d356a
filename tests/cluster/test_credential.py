import stat
from pathlib import Path

import pytest
from cordillera.cluster import QueueError, credential
from cordillera.cluster.credential import credentials
from distributed.security import Security


def test_keys_are_files_that_only_their_owner_reads_and_end_with_the_sweep(tmp_path: Path) -> None:
    with credentials(tmp_path) as held:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert sorted(path.name for path in files) == ["ca-file.pem", "cert.pem", "key.pem"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert {stat.S_IMODE(path.parent.stat().st_mode) for path in files} == {0o700}
        assert held.security.require_encryption
        assert all("\n" not in argument and "PRIVATE" not in argument for argument in held.arguments)
        assert held.arguments[:2] == ("--protocol", "tls://")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_driver_left_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / ".credentials-old").mkdir()
    (tmp_path / ".credentials-old" / "key.pem").write_text("old")
    with credentials(tmp_path):
        assert not (tmp_path / ".credentials-old").exists()


def test_without_cryptography_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Security:
        raise ImportError("cryptography")

    monkeypatch.setattr(credential.Security, "temporary", missing)
    with pytest.raises(QueueError, match=r"pip install cryptography"), credentials(tmp_path):
        pass

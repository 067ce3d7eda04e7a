from tools import check_lock

PROJECT = {"project": {"dependencies": ["alpha==1.2"], "optional-dependencies": {"dev": ["beta[x]>=2"]}}}
LOCK = "alpha==1.2 \\\n    --hash=sha256:00\nbeta==2.1 ; python_version > '3' \\\n    --hash=sha256:01\n"


def test_a_lock_in_step_passes():
    assert list(check_lock.complaints(PROJECT, LOCK)) == []


def test_a_missing_or_older_pin_is_named():
    assert "the lock has 2.1" not in "".join(check_lock.complaints(PROJECT, LOCK))
    assert "wants alpha==1.2, the lock has 1.1" in next(check_lock.complaints(PROJECT, LOCK.replace("1.2", "1.1")))


def test_a_pin_without_a_hash_is_named():
    assert "gamma has no hash" in "".join(check_lock.complaints(PROJECT, LOCK + "gamma==1\n"))


def test_a_host_in_the_lock_is_named():
    assert "names a host" in "".join(check_lock.complaints(PROJECT, "--index-url https://example.org\n" + LOCK))

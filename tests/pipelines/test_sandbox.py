import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.confine import strength
from pipelines.errors import Refused, Strike
from pipelines.sandbox import Sandbox, SandboxCrashed, SandboxLimit, SandboxLimits, SandboxLost, SandboxTimeout
from tests.pipelines.sandbox_run import TASKS, alive, children_of, do, open_files, wait_until

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
LIMITS = SandboxLimits(memory_bytes=600_000_000, cpu_s=2, wall_s=30, file_bytes=20_000_000)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(LIMITS, task=f"{TASKS}:echo") as running:
        yield running


def test_a_task_answers_from_a_process_of_its_own(sandbox, tmp_path):
    answer = do(sandbox, "echo", tmp_path, say="影坊")
    assert answer["said"] == "影坊"
    assert answer["pid"] not in {os.getpid(), sandbox.zygote_pid}


@pytest.mark.parametrize(
    ("task", "how"), [("segfault", {"signal": "SIGSEGV"}), ("kill_self", {"signal": "SIGKILL"}), ("leave", {"exit": 7})]
)
def test_a_crash_is_a_strike_and_the_next_photo_is_worked(sandbox, tmp_path, task, how):
    with pytest.raises(SandboxCrashed) as crashed:
        do(sandbox, task, tmp_path)
    assert isinstance(crashed.value, Strike)
    assert (crashed.value.code, crashed.value.params) == ("decoder_crashed", how)
    assert do(sandbox, "echo", tmp_path, say=1)["said"] == 1


def test_an_endless_loop_ends_by_the_processor_limit(sandbox, tmp_path):
    with pytest.raises(SandboxTimeout) as timeout:
        do(sandbox, "spin", tmp_path)
    assert (timeout.value.code, timeout.value.params) == ("decoder_timeout", {"limit": "cpu"})


def test_a_sleeper_ends_by_the_wall_limit(sandbox, tmp_path):
    with pytest.raises(SandboxTimeout) as timeout:
        do(sandbox, "sleep", tmp_path, wall_s=0.3, s=60, mark=str(tmp_path / "mark"))
    assert timeout.value.params == {"limit": "wall"}


@pytest.mark.parametrize("task", ["swallow", "swallow_at_once", "swallow_shared"])
def test_a_decoder_that_swallows_four_gigabytes_is_told_apart(sandbox, tmp_path, task):
    with pytest.raises(SandboxLimit) as limit:
        do(sandbox, task, tmp_path, bytes=4 << 30)
    assert (limit.value.code, limit.value.params) == ("decoder_memory", {"resource": "memory"})


def test_the_default_limits_stop_four_gigabytes_too(tmp_path):
    with Sandbox() as sandbox, pytest.raises(SandboxLimit):
        do(sandbox, "swallow_at_once", tmp_path, bytes=4 << 30)


def test_a_file_beyond_the_limit_is_told_apart(sandbox, tmp_path):
    with pytest.raises(SandboxLimit) as limit:
        do(sandbox, "write_big", tmp_path, bytes=5 << 30)
    assert (limit.value.code, limit.value.params) == ("decoder_memory", {"resource": "file"})
    assert (tmp_path / "big").stat().st_size <= LIMITS.file_bytes


def test_a_refusal_comes_back_as_it_was_raised(sandbox, tmp_path):
    with pytest.raises(Refused) as refused:
        do(sandbox, "refuse", tmp_path)
    assert (refused.value.code, refused.value.params) == ("too_many_pixels", {"megapixels": 400, "limit": 220})


def test_any_other_error_of_a_decoder_means_unreadable(sandbox, tmp_path):
    with pytest.raises(Refused) as refused:
        do(sandbox, "fail", tmp_path)
    assert (refused.value.code, refused.value.params) == ("unreadable", {"reason": "ValueError"})


def test_a_full_disk_is_not_the_photos_fault(sandbox, tmp_path):
    with pytest.raises(SandboxLost) as lost:
        do(sandbox, "disk_full", tmp_path)
    assert not isinstance(lost.value, Strike)


def test_a_task_that_does_not_exist_is_not_the_photos_fault(sandbox, tmp_path):
    with pytest.raises(SandboxLost, match="setup"):
        do(sandbox, "no_such_task", tmp_path)


def test_a_source_that_is_not_there_is_the_callers_trouble(sandbox, tmp_path):
    with pytest.raises(FileNotFoundError):
        do(sandbox, "echo", tmp_path, read=[tmp_path / "gone.jpg"], say=1)


@linux
@pytest.mark.skipif(strength() != "full", reason="needs seccomp and Landlock")
def test_a_decoder_cannot_leave_its_folder_nor_reach_anyone(sandbox, tmp_path):
    secret, source = tmp_path / "secrets" / "key", tmp_path / "photo.jpg"
    secret.parent.mkdir()
    secret.write_text("secret")
    source.write_bytes(b"pixels")
    tried = do(sandbox, "trespass", tmp_path / "out", read=[source], secret=str(secret), source=str(source))
    assert tried.pop("read_source") == "done"
    assert tried.pop("fds") == 4
    assert tried.pop("io_uring") == "ENOSYS"
    assert {name: how for name, how in tried.items() if how not in {"EPERM", "EACCES"}} == {}
    assert source.read_bytes() == b"pixels"
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["kept"]


@linux
def test_a_decoder_knows_no_secret_of_its_parent_and_dies_first(tmp_path, monkeypatch):
    monkeypatch.setenv("SAFELIGHT_DATABASE_URL", "postgresql://u:hunter2@db/x")
    with Sandbox(LIMITS) as sandbox:
        seen = do(sandbox, "environment", tmp_path)
    assert "hunter2" not in seen["start"] + str(seen["now"])
    assert seen["oom"] == "1000"
    assert (seen["now"]["OMP_NUM_THREADS"], seen["now"]["TMPDIR"]) == ("1", str(tmp_path))


def test_a_talkative_decoder_does_not_hang(sandbox, tmp_path):
    assert do(sandbox, "chatter", tmp_path) == {"done": True}


@pytest.mark.parametrize(
    "forged", ["", "\0\0\0\x05[[[[[", "\0\0\xff\xffshort", "\xff\xff\xff\xff", "\0\0\0\x02{}", "\0\0\0\x04null"]
)
def test_a_forged_answer_is_a_crash(sandbox, tmp_path, forged):
    with pytest.raises(SandboxCrashed):
        do(sandbox, "forge", tmp_path, bytes=forged)
    assert do(sandbox, "echo", tmp_path, say=1)["said"] == 1


def test_a_long_answer_comes_whole(sandbox, tmp_path):
    assert len(do(sandbox, "long_answer", tmp_path, bytes=3_000_000)["text"]) == 3_000_000


def test_a_decoder_may_start_threads(sandbox, tmp_path):
    assert do(sandbox, "threads", tmp_path) == {"done": [0, 1, 2, 3]}


def test_two_callers_work_side_by_side(sandbox, tmp_path):
    marks = [tmp_path / "0" / "mark", tmp_path / "1" / "mark"]
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(do, sandbox, "sleep", mark.parent, s=1.0, mark=str(mark)) for mark in marks]
        assert wait_until(lambda: all(mark.exists() for mark in marks))
        assert not any(call.done() for call in calls)
        assert [call.result() for call in calls] == [{"slept": True}] * 2


@linux
def test_a_killed_zygote_loses_its_calls_and_is_replaced(tmp_path):
    with Sandbox(LIMITS) as sandbox, ThreadPoolExecutor(1) as pool:
        mark = tmp_path / "mark"
        call = pool.submit(do, sandbox, "sleep", tmp_path, s=60, mark=str(mark))
        assert wait_until(lambda: mark.exists() and mark.read_text())
        child = int(mark.read_text())
        first = sandbox.zygote_pid
        os.kill(first, signal.SIGKILL)
        with pytest.raises(SandboxLost):
            call.result(30)
        assert wait_until(lambda: not alive(child))
        assert do(sandbox, "echo", tmp_path, say=2)["said"] == 2
        assert sandbox.zygote_pid != first


def test_a_zygote_killed_between_calls_is_replaced_unseen(tmp_path):
    with Sandbox(LIMITS) as sandbox:
        for said in range(3):
            assert do(sandbox, "echo", tmp_path, say=said)["said"] == said
            os.kill(sandbox.zygote_pid, signal.SIGKILL)


@linux
def test_closing_ends_the_calls_in_flight(tmp_path):
    sandbox = Sandbox(LIMITS)
    mark = tmp_path / "mark"
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(do, sandbox, "sleep", tmp_path, s=60, mark=str(mark))
        assert wait_until(lambda: mark.exists() and mark.read_text())
        sandbox.close()
        with pytest.raises(SandboxLost):
            call.result(30)
    assert not alive(int(mark.read_text()))


@linux
def test_nothing_stays_when_the_parent_is_killed(tmp_path):
    code = f"""
import sys
from pathlib import Path
sys.path.append({str(Path(__file__).parent)!r})
from pipelines.sandbox import Sandbox
sandbox = Sandbox(task="{TASKS}:echo")
sandbox.start()
print(sandbox.zygote_pid, flush=True)
out = Path(sys.argv[1])
sandbox.run("{TASKS}:sleep", {{"s": 60, "mark": str(out / "mark")}}, read=[], write=out)
"""
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with parent:
        zygote = int(parent.stdout.readline())
        mark = tmp_path / "mark"
        assert wait_until(lambda: mark.exists() and mark.read_text())
        child = int(mark.read_text())
        assert alive(child)
        assert alive(zygote)
        parent.kill()
    assert wait_until(lambda: not alive(zygote) and not alive(child))


@linux
def test_a_zygote_outlives_the_thread_that_started_it(tmp_path):
    sandbox = Sandbox(LIMITS)
    starter = threading.Thread(target=sandbox.start)
    starter.start()
    starter.join()
    first = sandbox.zygote_pid
    with sandbox:
        assert do(sandbox, "echo", tmp_path, say=1)["said"] == 1
        assert sandbox.zygote_pid == first


@linux
def test_fifty_calls_leave_no_open_file_and_no_zombie(tmp_path, capsys):
    with Sandbox(LIMITS, task=f"{TASKS}:echo") as sandbox:
        before = open_files(os.getpid()), open_files(sandbox.zygote_pid)
        began = time.perf_counter()
        for said in range(50):
            do(sandbox, "echo", tmp_path, say=said)
        each = (time.perf_counter() - began) / 50
        with capsys.disabled():
            print(f"\n  one confined child, forked, run and reaped: {each * 1000:.1f} ms")
        # The zygote closes the last call's socket just after its answer is read.
        assert wait_until(lambda: (open_files(os.getpid()), open_files(sandbox.zygote_pid)) == before)
        assert children_of(sandbox.zygote_pid) == []


@linux
def test_the_zygote_runs_one_thread(sandbox):
    sandbox.start()
    assert len(list(Path(f"/proc/{sandbox.zygote_pid}/task").iterdir())) == 1

import pytest

from storage import IntegrityError, StoreFull, StoreUnavailable
from storage.memory import MemoryStore
from tests.storage.help import get, put


def test_the_next_put_can_fail_once() -> None:
    store = MemoryStore()
    store.fail_next_put = StoreUnavailable(reason="network")
    with pytest.raises(StoreUnavailable):
        put(store, "a", b"x")
    assert not store.exists("a")
    put(store, "a", b"x")


def test_bytes_can_get_lost() -> None:
    store = MemoryStore()
    store.truncate_next_put = 1
    with pytest.raises(IntegrityError):
        put(store, "a", b"xyz")
    assert not store.exists("a")
    put(store, "a", b"xyz")
    assert get(store, "a") == b"xyz"


def test_it_can_be_full_and_down() -> None:
    store = MemoryStore()
    put(store, "a", b"x")
    store.full = True
    with pytest.raises(StoreFull):
        put(store, "b", b"x")
    with pytest.raises(StoreFull):
        store.incoming()
    with pytest.raises(StoreUnavailable):
        store.check()
    store.full, store.down = False, True
    with pytest.raises(StoreUnavailable):
        store.open("a")
    store.down = False
    assert get(store, "a") == b"x"
